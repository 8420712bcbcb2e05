package io.tailrace.server.api;

import io.netty.util.concurrent.FastThreadLocal;
import io.tailrace.log.AppendResult;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.RecordsPayload;
import io.tailrace.protocol.message.ProduceRequest;
import io.tailrace.protocol.message.ProduceResponse;
import io.tailrace.protocol.record.BatchValidator;
import io.tailrace.protocol.record.BatchVerdict;
import io.tailrace.protocol.record.RecordBatch;
import io.tailrace.protocol.record.TimestampType;
import io.tailrace.replication.Replica;
import io.tailrace.server.config.TopicSettings;
import io.tailrace.server.group.GroupCoordinator;
import io.tailrace.server.partition.Append;
import io.tailrace.server.partition.Clocks;
import io.tailrace.server.partition.Partition;
import io.tailrace.server.partition.Partitions;
import io.tailrace.server.partition.TopicTraffic;
import io.tailrace.server.partition.TopicTraffic.Counter;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Appends batches. Batches are validated outside the partition's lock and refused as a whole if anything is wrong. Record formats
 * before v2, which versions 0 to 2 carry, are not supported. These versions are advertised only because librdkafka needs them;
 * their requests get UNSUPPORTED_VERSION.
 */
public final class ProduceHandler implements RequestHandler<ProduceRequest, ProduceResponse> {
    private static final short ACKS_ALL = -1;
    private static final short ACKS_NONE = 0;
    private static final short ACKS_LEADER = 1;
    private static final long NO_TIMESTAMP = -1;
    private static final String NO_TRANSACTIONS = "transactions are not supported";
    /** Bound on a decompressed batch, which is held in memory. May exceed the largest request. */
    private static final int DECOMPRESSED_BYTES_MAX = 64 << 20;

    private final Partitions partitions;
    private final Clocks clocks;
    private final FastThreadLocal<BatchValidator> validators = new FastThreadLocal<>() {
        @Override
        protected BatchValidator initialValue() {
            return new BatchValidator(DECOMPRESSED_BYTES_MAX);
        }
    };

    /** Appends to these partitions. */
    public ProduceHandler(Partitions partitions, Clocks clocks) {
        this.partitions = partitions;
        this.clocks = clocks;
    }

    @Override
    public ApiKey api() {
        return ApiKey.PRODUCE;
    }

    @Override
    public void handle(ProduceRequest request, Call<ProduceResponse> call) {
        DelayedProduce produce = new DelayedProduce(call, request.acks() == ACKS_ALL);
        ErrorCode refusal = ApiKey.PRODUCE.served().contains(call.header().version())
                ? ErrorCode.NONE
                : ErrorCode.UNSUPPORTED_VERSION;
        for (ProduceRequest.Topic topic : request.topics()) {
            produce.begin(topic.name(), topic.partitions().size());
            for (ProduceRequest.Partition partition : topic.partitions()) {
                if (refusal == ErrorCode.NONE) {
                    append(request, topic.name(), partition, produce);
                } else {
                    produce.refused(partition.index(), refusal, null);
                }
                count(topic.name(), partition.index(), produce.isLastRefused());
            }
        }
        if (request.acks() == ACKS_NONE) {
            produce.endUnanswered();
        } else {
            produce.answerWhenAcknowledged(request.timeoutMs());
        }
    }

    private void count(String topic, int index, boolean isRefused) {
        Partition partition = partitions.find(topic, index);
        TopicTraffic traffic = partition == null ? partitions.traffic().all() : partition.traffic();
        traffic.increment(Counter.PRODUCE_REQUESTS);
        if (isRefused) {
            traffic.increment(Counter.FAILED_PRODUCE_REQUESTS);
        }
    }

    private void append(ProduceRequest request, String topic, ProduceRequest.Partition part, DelayedProduce produce) {
        int index = part.index();
        if (request.acks() < ACKS_ALL || request.acks() > ACKS_LEADER) {
            produce.refused(index, ErrorCode.INVALID_REQUIRED_ACKS, "acks must be -1, 0 or 1, is " + request.acks());
            return;
        }
        if (request.transactionalId() != null) {
            produce.refused(index, ErrorCode.INVALID_TXN_STATE, NO_TRANSACTIONS);
            return;
        }
        if (GroupCoordinator.TOPIC.equals(topic)) {
            produce.refused(index, ErrorCode.INVALID_TOPIC_EXCEPTION, topic + " is written by the brokers only");
            return;
        }
        Partition partition = partitions.find(topic, index);
        RecordsPayload records = part.records();
        if (partition == null) {
            produce.refused(index, partitions.errorOfMissing(topic, index), null);
        } else if (records == null) {
            produce.refused(index, ErrorCode.CORRUPT_MESSAGE, "no records");
        } else {
            append(partition, records.buffer(), request.acks() == ACKS_ALL, produce);
        }
    }

    private void append(Partition partition, ByteBuffer batch, boolean allInsync, DelayedProduce produce) {
        int index = partition.id().partition();
        TopicSettings settings = partition.settings();
        if (batch.remaining() > settings.messageBytesMax()) {
            produce.refused(
                    index,
                    ErrorCode.MESSAGE_TOO_LARGE,
                    "batch of " + batch.remaining() + " bytes, expected at most " + settings.messageBytesMax()
                            + " (max.message.bytes)");
            return;
        }
        long nowMs = clocks.wallMs().getAsLong();
        BatchVerdict verdict = validators.get().validate(batch, settings.rules(), nowMs);
        if (verdict instanceof BatchVerdict.Invalid invalid) {
            produce.refused(index, invalid.error(), invalid.message(), errors(invalid));
            return;
        }
        if (RecordBatch.at(batch).isTransactional()) {
            produce.refused(index, ErrorCode.INVALID_TXN_STATE, NO_TRANSACTIONS);
            return;
        }
        long appendTimeMs = NO_TIMESTAMP;
        if (settings.rules().timestampType() == TimestampType.LOG_APPEND_TIME) {
            RecordBatch.at(batch).stampLogAppendTime(nowMs);
            appendTimeMs = nowMs;
        }
        int bytes = batch.remaining();
        Append append = partition.append(batch, Replica.ANY_EPOCH, allInsync);
        AppendResult result = append.result();
        if (result instanceof AppendResult.Appended a) {
            var answer = ProduceResponse.Partition.appended(index, a.baseOffset(), appendTimeMs, a.logStartOffset());
            produce.appended(partition, append, a.nextOffset(), answer);
            partition.traffic().add(Counter.MESSAGES_IN, a.nextOffset() - a.baseOffset());
            partition.traffic().add(Counter.BYTES_IN, bytes);
        } else if (result instanceof AppendResult.Duplicate d) {
            var answer = ProduceResponse.Partition.appended(index, d.baseOffset(), appendTimeMs, d.logStartOffset());
            produce.appended(partition, append, d.nextOffset(), answer);
        } else if (result instanceof AppendResult.Refused refused) {
            produce.refused(index, refused.error(), refused.reason());
        } else {
            throw new IllegalStateException("unexpected result of an append: " + result);
        }
    }

    private static List<ProduceResponse.RecordError> errors(BatchVerdict.Invalid invalid) {
        return invalid.recordIndex() < 0
                ? List.of()
                : List.of(new ProduceResponse.RecordError(invalid.recordIndex(), invalid.message()));
    }
}
