package io.tailrace.simulation;

import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.codec.GroupRecords;
import io.tailrace.protocol.codec.MalformedMessageException;
import io.tailrace.protocol.group.GroupRecordKey;
import io.tailrace.protocol.group.OffsetCommitValue;
import io.tailrace.protocol.record.Decompressor;
import io.tailrace.protocol.record.RecordBatch;
import io.tailrace.protocol.record.RecordCursor;
import io.tailrace.replication.history.History.Entry;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a group that reads one partition and writes to the other one owes: one output for each input, in the same order. */
final class Transformation {
    static final TopicPartition INPUT = TransactionalClusters.name(0);
    static final TopicPartition OUTPUT = TransactionalClusters.name(1);

    private static final int DECOMPRESSED_BYTES_MAX = 1 << 20;

    /** The offset of the input of each output, by the output's value. */
    private final Map<Long, Long> inputs = new HashMap<>();

    /** A transformer sends an output. */
    void sends(long value, long inputOffset) {
        inputs.put(value, inputOffset);
    }

    /**
     * Judges what is committed at the end, by the markers in the logs, when all input has been read.
     *
     * @param offsets the batches of the group
     * @param answered what the group's coordinator answers as its committed offset
     */
    void judge(List<Entry<Long>> input, List<Entry<Long>> output, List<RecordBatch> offsets, long answered) {
        List<Long> expected = input.stream().map(Entry::offset).toList();
        List<Long> found = output.stream()
                .filter(entry -> inputs.containsKey(entry.value()))
                .map(entry -> inputs.get(entry.value()))
                .toList();
        if (!found.equals(expected)) {
            throw new BrokenPromise(
                    "expected one output for each of the inputs %s, found those of %s".formatted(expected, found));
        }
        long committed = offsets.isEmpty() ? -1 : offset(offsets.get(offsets.size() - 1));
        long position = expected.isEmpty() ? -1 : expected.get(expected.size() - 1) + 1;
        if (committed != position || answered != committed) {
            throw new BrokenPromise("the group has read up to %d, its log has offset %d, its coordinator answers %d"
                    .formatted(position, committed, answered));
        }
    }

    private static long offset(RecordBatch batch) {
        RecordCursor record = RecordCursor.of(batch, new Decompressor(DECOMPRESSED_BYTES_MAX));
        if (!record.next()) {
            throw new IllegalStateException("expected a record in " + batch);
        }
        try {
            GroupRecordKey key = GroupRecords.decodeKey(buffer(record.key())).orElseThrow();
            return ((OffsetCommitValue) GroupRecords.decodeValue(key, buffer(record.value()))).offset();
        } catch (MalformedMessageException e) {
            throw new IllegalStateException(e);
        }
    }

    private static ByteBuffer buffer(@Nullable ByteBuffer found) {
        return Objects.requireNonNull(found).duplicate();
    }
}
