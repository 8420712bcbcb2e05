package io.tailrace.client;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.EndTxnRequest;
import io.tailrace.protocol.message.EndTxnResponse;
import io.tailrace.protocol.message.InitProducerIdResponse;
import io.tailrace.protocol.message.ProduceResponse;
import io.tailrace.protocol.record.Decompressor;
import io.tailrace.protocol.record.RecordBatch;
import io.tailrace.protocol.record.RecordCursor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A model of one transactional id with transaction version 2, and of the logs of its partitions: which values are committed, in which
 * order. A partition takes records of the current epoch only, with gapless sequence numbers.
 */
final class ModelTransactions {
    static final long PRODUCER_ID = 7;

    private record Appended(int baseSequence, int recordCount) {}

    private static final class Log {
        private final List<Long> committed = new ArrayList<>();
        private final List<Long> open = new ArrayList<>();
        private final List<Appended> batches = new ArrayList<>();
    }

    private final List<Log> logs = new ArrayList<>();
    private short epoch;
    /** The epoch whose end raised the current one, and how it ended; -1 after a producer was fenced. */
    private int endedEpoch = -1;

    private boolean endedCommitted;

    ModelTransactions(int partitions) {
        for (int i = 0; i < partitions; i++) {
            logs.add(new Log());
        }
    }

    List<Long> committed(int partition) {
        return logs.get(partition).committed;
    }

    /** Fences the producer, as after a timeout or for another producer. */
    void fence() {
        end(false);
        endedEpoch = -1;
    }

    private void end(boolean commit) {
        for (Log log : logs) {
            if (commit) {
                log.committed.addAll(log.open);
            }
            log.open.clear();
            log.batches.clear();
        }
        endedEpoch = epoch;
        endedCommitted = commit;
        epoch++;
    }

    InitProducerIdResponse init() {
        fence();
        return new InitProducerIdResponse(0, ErrorCode.NONE, PRODUCER_ID, epoch);
    }

    EndTxnResponse end(EndTxnRequest request) {
        if (request.producerEpoch() == epoch) {
            end(request.committed());
        } else if (request.producerEpoch() != endedEpoch) {
            return new EndTxnResponse(0, ErrorCode.PRODUCER_FENCED, -1, (short) -1);
        } else if (request.committed() != endedCommitted) {
            return new EndTxnResponse(0, ErrorCode.INVALID_TXN_STATE, -1, (short) -1);
        }
        return new EndTxnResponse(0, ErrorCode.NONE, PRODUCER_ID, epoch);
    }

    ProduceResponse.Partition append(int partition, ByteBuffer bytes) {
        RecordBatch batch = RecordBatch.at(bytes);
        batch.ensureCrc();
        if (!batch.isTransactional() || batch.producerId() != PRODUCER_ID || batch.producerEpoch() > epoch) {
            throw new AssertionError("not a batch of the producer in epoch " + epoch + ": " + batch);
        }
        Log log = logs.get(partition);
        if (batch.producerEpoch() < epoch) {
            return ProduceResponse.Partition.refused(partition, ErrorCode.INVALID_PRODUCER_EPOCH, null);
        }
        Appended same = new Appended(batch.baseSequence(), batch.recordCount());
        if (log.batches.contains(same)) {
            return ProduceResponse.Partition.appended(partition, -1, -1, 0);
        }
        if (batch.baseSequence() != log.open.size()) {
            return ProduceResponse.Partition.refused(partition, ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER, null);
        }
        log.batches.add(same);
        RecordCursor records = RecordCursor.of(batch, new Decompressor(1 << 20));
        while (records.next()) {
            log.open.add(Objects.requireNonNull(records.value()).getLong());
        }
        return ProduceResponse.Partition.appended(partition, 0, -1, 0);
    }
}
