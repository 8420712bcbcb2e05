package io.tailrace.server.api;

import io.netty.util.concurrent.FastThreadLocal;
import io.tailrace.log.AppendResult;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.RecordsPayload;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.message.ProduceRequest;
import io.tailrace.protocol.message.ProduceResponse;
import io.tailrace.protocol.record.BatchValidator;
import io.tailrace.protocol.record.BatchVerdict;
import io.tailrace.protocol.record.RecordBatch;
import io.tailrace.protocol.record.TimestampType;
import io.tailrace.replication.Replica;
import io.tailrace.server.config.TopicSettings;
import io.tailrace.server.partition.Append;
import io.tailrace.server.partition.Clocks;
import io.tailrace.server.partition.LeaderWrite;
import io.tailrace.server.partition.Partition;
import io.tailrace.server.partition.Partitions;
import io.tailrace.server.partition.TopicTraffic;
import io.tailrace.server.partition.TopicTraffic.Counter;
import io.tailrace.server.transaction.TransactionVerifier;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;

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
    /** Bound on a decompressed batch, which is held in memory. May exceed the largest request. */
    private static final int DECOMPRESSED_BYTES_MAX = 64 << 20;

    private static final String NO_MEMORY = "the memory for requests that wait is used up";

    private final Partitions partitions;
    private final TransactionVerifier verifier;
    private final Clocks clocks;
    private final FastThreadLocal<BatchValidator> validators = new FastThreadLocal<>() {
        @Override
        protected BatchValidator initialValue() {
            return new BatchValidator(DECOMPRESSED_BYTES_MAX);
        }
    };

    /** Appends to these partitions. */
    public ProduceHandler(Partitions partitions, TransactionVerifier verifier, Clocks clocks) {
        this.partitions = partitions;
        this.verifier = verifier;
        this.clocks = clocks;
    }

    @Override
    public ApiKey api() {
        return ApiKey.PRODUCE;
    }

    @Override
    public void handle(ProduceRequest request, Call<ProduceResponse> call) {
        DelayedProduce produce = new DelayedProduce(call, request.acks() == ACKS_ALL);
        UnverifiedAppends unverified = new UnverifiedAppends();
        ErrorCode refusal = ApiKey.PRODUCE.served().contains(call.header().version())
                ? ErrorCode.NONE
                : ErrorCode.UNSUPPORTED_VERSION;
        for (ProduceRequest.Topic topic : request.topics()) {
            produce.begin(topic.name(), topic.partitions().size());
            for (ProduceRequest.Partition partition : topic.partitions()) {
                DelayedProduce.Place place = produce.place(partition.index());
                if (refusal == ErrorCode.NONE) {
                    append(request, topic.name(), partition, place, unverified);
                } else {
                    place.refused(refusal, null);
                }
            }
        }
        String transactionalId = request.transactionalId();
        if (transactionalId == null || unverified.isEmpty()) {
            end(request, produce);
            return;
        }
        call.hold(unverified.bytes());
        if (!call.mayWait()) {
            unverified.forEach(waiting -> waiting.place().refused(ErrorCode.NOT_ENOUGH_REPLICAS, NO_MEMORY));
            end(request, produce);
            return;
        }
        // A later batch must not overtake one that waits.
        call.holdConnection();
        TransactionVerifier.Client client =
                TransactionVerifier.Client.ofProduce(call.header().version());
        Runnable end = () -> {
            end(request, produce);
            call.releaseConnection();
        };
        verify(new Verification(transactionalId, client, call, end), unverified, 1);
    }

    /**
     * Appends that wait for the coordinator.
     *
     * @param end called once each has a result
     */
    private record Verification(
            String transactionalId, TransactionVerifier.Client client, Call<ProduceResponse> call, Runnable end) {}

    /** Asks the coordinator, and once more about batches before which a marker has come in the meantime. */
    private void verify(Verification verification, UnverifiedAppends unverified, int attempt) {
        verification.call().onDisconnect(unverified::drop);
        verifier.verify(
                unverified.question(verification.transactionalId(), verification.client()),
                errors -> verification.call().execute(() -> {
                    if (!unverified.isDropped()) {
                        verified(verification, unverified, errors, attempt);
                    }
                }));
    }

    private void verified(
            Verification verification,
            UnverifiedAppends unverified,
            Map<TopicPartition, ErrorCode> errors,
            int attempt) {
        UnverifiedAppends again = new UnverifiedAppends();
        unverified.forEach(waiting -> appendVerified(waiting, errors, again));
        if (again.isEmpty()) {
            verification.end().run();
        } else if (attempt < TransactionVerifier.ATTEMPTS_MAX) {
            verify(verification, again, attempt + 1);
        } else {
            ErrorCode error = verification.client().shown(ErrorCode.TRANSACTION_ABORTABLE);
            again.forEach(waiting -> waiting.place().refused(error, "the transaction has ended"));
            verification.end().run();
        }
    }

    private void end(ProduceRequest request, DelayedProduce produce) {
        produce.forEach(this::count);
        if (request.acks() == ACKS_NONE) {
            produce.endUnanswered();
        } else {
            produce.answerWhenAcknowledged(request.timeoutMs());
        }
    }

    private void count(String topic, DelayedProduce.Place place) {
        Partition partition = partitions.find(topic, place.partition());
        TopicTraffic traffic = partition == null ? partitions.traffic().all() : partition.traffic();
        traffic.increment(Counter.PRODUCE_REQUESTS);
        if (place.error() != ErrorCode.NONE) {
            traffic.increment(Counter.FAILED_PRODUCE_REQUESTS);
        }
    }

    private void append(
            ProduceRequest request,
            String topic,
            ProduceRequest.Partition part,
            DelayedProduce.Place place,
            UnverifiedAppends unverified) {
        if (request.acks() < ACKS_ALL || request.acks() > ACKS_LEADER) {
            place.refused(ErrorCode.INVALID_REQUIRED_ACKS, "acks must be -1, 0 or 1, is " + request.acks());
            return;
        }
        if (request.transactionalId() != null && request.acks() != ACKS_ALL) {
            place.refused(ErrorCode.INVALID_REQUIRED_ACKS, "acks must be -1 in a transaction, is " + request.acks());
            return;
        }
        if (InternalTopics.contains(topic)) {
            place.refused(ErrorCode.INVALID_TOPIC_EXCEPTION, topic + " is written by the brokers only");
            return;
        }
        Partition partition = partitions.find(topic, part.index());
        RecordsPayload records = part.records();
        if (partition == null) {
            place.refused(partitions.errorOfMissing(topic, part.index()), null);
        } else if (records == null) {
            place.refused(ErrorCode.CORRUPT_MESSAGE, "no records");
        } else {
            append(request, partition, records.buffer(), place, unverified);
        }
    }

    private void append(
            ProduceRequest request,
            Partition partition,
            ByteBuffer batch,
            DelayedProduce.Place place,
            UnverifiedAppends unverified) {
        TopicSettings settings = partition.settings();
        if (batch.remaining() > settings.messageBytesMax()) {
            place.refused(
                    ErrorCode.MESSAGE_TOO_LARGE,
                    "batch of " + batch.remaining() + " bytes, expected at most " + settings.messageBytesMax()
                            + " (max.message.bytes)");
            return;
        }
        long nowMs = clocks.wallMs().getAsLong();
        BatchVerdict verdict = validators.get().validate(batch, settings.rules(), nowMs);
        if (verdict instanceof BatchVerdict.Invalid invalid) {
            place.refused(invalid.error(), invalid.message(), errors(invalid));
            return;
        }
        if (RecordBatch.at(batch).isTransactional() != (request.transactionalId() != null)) {
            place.refused(
                    ErrorCode.INVALID_TXN_STATE,
                    "batches must be transactional if the request has a transactional id, and only then");
            return;
        }
        if (settings.rules().timestampType() == TimestampType.LOG_APPEND_TIME) {
            RecordBatch.at(batch).stampLogAppendTime(nowMs);
        }
        Append append = partition.append(batch, Replica.ANY_EPOCH, request.acks() == ACKS_ALL);
        if (append.result() instanceof AppendResult.Unverified first) {
            unverified.addCopy(partition, batch, first.verification(), place);
        } else {
            answer(partition, batch, append, place);
        }
    }

    private static void appendVerified(
            UnverifiedAppends.Waiting waiting, Map<TopicPartition, ErrorCode> errors, UnverifiedAppends again) {
        Partition partition = waiting.partition();
        ErrorCode error = errors.getOrDefault(partition.id(), ErrorCode.UNKNOWN_SERVER_ERROR);
        if (error == ErrorCode.NONE) {
            Append append = partition.append(
                    new LeaderWrite.Batch(waiting.batch(), waiting.verification()), Replica.ANY_EPOCH, true);
            if (append.result() instanceof AppendResult.Unverified unverified) {
                again.add(waiting.with(unverified.verification()));
                return;
            }
            answer(partition, waiting.batch(), append, waiting.place());
        } else {
            waiting.place().refused(error, "the transaction's coordinator does not confirm " + partition.id());
        }
    }

    private static void answer(Partition partition, ByteBuffer batch, Append append, DelayedProduce.Place place) {
        RecordBatch header = RecordBatch.at(batch);
        long appendTimeMs =
                header.timestampType() == TimestampType.LOG_APPEND_TIME ? header.maxTimestampMs() : NO_TIMESTAMP;
        AppendResult result = append.result();
        int index = place.partition();
        if (result instanceof AppendResult.Appended a) {
            var answer = ProduceResponse.Partition.appended(index, a.baseOffset(), appendTimeMs, a.logStartOffset());
            place.appended(partition, append, a.nextOffset(), answer);
            partition.traffic().add(Counter.MESSAGES_IN, a.nextOffset() - a.baseOffset());
            partition.traffic().add(Counter.BYTES_IN, batch.remaining());
        } else if (result instanceof AppendResult.Duplicate d) {
            var answer = ProduceResponse.Partition.appended(index, d.baseOffset(), appendTimeMs, d.logStartOffset());
            place.appended(partition, append, d.nextOffset(), answer);
        } else if (result instanceof AppendResult.Refused refused) {
            place.refused(refused.error(), refused.reason());
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
