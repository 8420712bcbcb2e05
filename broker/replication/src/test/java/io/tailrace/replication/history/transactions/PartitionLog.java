package io.tailrace.replication.history.transactions;

import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.history.History.Entry;
import java.util.Arrays;
import java.util.List;

/** What is known of one partition. */
final class PartitionLog<V> {
    private final TopicPartition partition;
    private long startOffset;
    private List<Entry<V>> atEnd = List.of();
    private boolean ended;
    private List<Send<V>> visible = List.of();
    private long[] visibleOffsets = {};

    PartitionLog(TopicPartition partition) {
        this.partition = partition;
    }

    TopicPartition partition() {
        return partition;
    }

    void end(long start, List<Entry<V>> entries) {
        startOffset = start;
        atEnd = List.copyOf(entries);
        ended = true;
    }

    void requireEnd() {
        if (!ended) {
            throw new IllegalStateException("it is unknown what " + partition + " holds at the end");
        }
    }

    /** What was below may have been deleted by the end. */
    long startOffset() {
        return startOffset;
    }

    List<Entry<V>> atEnd() {
        return atEnd;
    }

    int endCount() {
        return atEnd.size();
    }

    /** The records that readers of committed records can read, in the order of their offsets. */
    List<Send<V>> visible() {
        return visible;
    }

    /** @param sorted by offset */
    void setVisible(List<Send<V>> sorted) {
        visible = sorted;
        visibleOffsets = sorted.stream().mapToLong(Send::offset).toArray();
    }

    /** The visible records between two offsets, both exclusive. */
    List<Send<V>> visibleBetween(long after, long before) {
        int from = firstAtOrAbove(after + 1);
        return visible.subList(from, Math.max(from, firstAtOrAbove(before)));
    }

    private int firstAtOrAbove(long offset) {
        int found = Arrays.binarySearch(visibleOffsets, offset);
        while (found > 0 && visibleOffsets[found - 1] == offset) {
            found--;
        }
        return found >= 0 ? found : -found - 1;
    }

    @Override
    public String toString() {
        return partition.toString();
    }
}
