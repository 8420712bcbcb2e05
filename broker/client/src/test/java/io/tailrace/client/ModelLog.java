package io.tailrace.client;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.ProduceResponse;
import io.tailrace.protocol.record.Decompressor;
import io.tailrace.protocol.record.RecordBatch;
import io.tailrace.protocol.record.RecordCursor;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A model of one partition's log, which remembers the last five batches of each idempotent producer. */
final class ModelLog {
    private static final int REMEMBERED = 5;

    private record Remembered(int baseSequence, int recordCount, long baseOffset) {}

    private static final class ProducerState {
        private final short epoch;
        private final Deque<Remembered> batches = new ArrayDeque<>();

        ProducerState(short epoch) {
            this.epoch = epoch;
        }
    }

    private final int partition;
    private final List<Long> values = new ArrayList<>();
    private final Map<Long, ProducerState> producers = new HashMap<>();

    ModelLog(int partition) {
        this.partition = partition;
    }

    /** The records' values, by offset. */
    List<Long> values() {
        return values;
    }

    ProduceResponse.Partition append(ByteBuffer bytes) {
        RecordBatch batch = RecordBatch.at(bytes);
        batch.ensureCrc();
        if (batch.hasProducerId()) {
            ProducerState state = producers.get(batch.producerId());
            if (state != null && batch.producerEpoch() < state.epoch) {
                return refused(ErrorCode.INVALID_PRODUCER_EPOCH);
            }
            if (state != null && batch.producerEpoch() > state.epoch && batch.baseSequence() != 0) {
                return refused(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
            }
            if (state != null && batch.producerEpoch() == state.epoch) {
                for (Remembered known : state.batches) {
                    if (known.baseSequence() == batch.baseSequence() && known.recordCount() == batch.recordCount()) {
                        return ProduceResponse.Partition.appended(partition, known.baseOffset(), -1, 0);
                    }
                }
                Remembered last = Objects.requireNonNull(state.batches.peekLast());
                if (batch.baseSequence() != last.baseSequence() + last.recordCount()) {
                    return refused(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
                }
            } else {
                state = new ProducerState(batch.producerEpoch());
                producers.put(batch.producerId(), state);
            }
            state.batches.add(new Remembered(batch.baseSequence(), batch.recordCount(), values.size()));
            if (state.batches.size() > REMEMBERED) {
                state.batches.remove();
            }
        }
        long baseOffset = values.size();
        RecordCursor records = RecordCursor.of(batch, new Decompressor(1 << 20));
        while (records.next()) {
            values.add(Objects.requireNonNull(records.value()).getLong());
        }
        return ProduceResponse.Partition.appended(partition, baseOffset, -1, 0);
    }

    ProduceResponse.Partition refused(ErrorCode error) {
        return ProduceResponse.Partition.refused(partition, error, null);
    }
}
