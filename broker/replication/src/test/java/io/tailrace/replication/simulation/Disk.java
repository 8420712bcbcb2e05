package io.tailrace.replication.simulation;

import io.tailrace.protocol.LeaderEpochs;
import io.tailrace.replication.LogExtent;
import io.tailrace.replication.LogView;
import io.tailrace.replication.cluster.Broker;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** A broker's disk: the log, what is known of it, and up to where it would survive the machine. */
final class Disk {
    /**
     * A record, in a batch of its own.
     *
     * @param leaderEpoch the epoch it was written in
     * @param value what tells it from every other
     */
    record Entry(int leaderEpoch, Batch batch, long value) {}

    /** What a broker knows an idempotent producer's batch by; a producer that is not idempotent sends none. */
    record Batch(int producer, int producerEpoch, int sequence) {
        static final Batch NONE = new Batch(-1, 0, 0);
    }

    private final List<Entry> entries = new ArrayList<>();
    private LeaderEpochs epochs = LeaderEpochs.EMPTY;
    /** Offset of the first of {@link #entries}. */
    private long baseOffset;

    private long startOffset;
    private long syncedOffset;
    private long highWatermark;

    /** The broker epoch of a life that ended properly, until the next begins. */
    private long cleanEpoch = Broker.NONE;

    LogView view() {
        return new LogView(extent(), highWatermark);
    }

    LogExtent extent() {
        return new LogExtent(epochs, startOffset, endOffset());
    }

    long startOffset() {
        return startOffset;
    }

    long endOffset() {
        return baseOffset + entries.size();
    }

    Entry entry(long offset) {
        return entries.get((int) (offset - baseOffset));
    }

    List<Entry> read(long offset, long endOffset) {
        return List.copyOf(entries.subList((int) (offset - baseOffset), (int) (endOffset - baseOffset)));
    }

    void beginEpoch(int leaderEpoch) {
        epochs = epochs.append(leaderEpoch, endOffset());
    }

    void append(Entry entry) {
        epochs = epochs.append(entry.leaderEpoch(), endOffset());
        entries.add(entry);
    }

    /** Appends what a leader sent. */
    void copy(List<Entry> fetched) {
        fetched.forEach(this::append);
    }

    void truncate(long offset) {
        entries.subList((int) (offset - baseOffset), entries.size()).clear();
        epochs = epochs.truncate(offset);
        syncedOffset = Math.min(syncedOffset, offset);
    }

    void restartAt(long offset) {
        entries.clear();
        epochs = LeaderEpochs.EMPTY;
        baseOffset = offset;
        startOffset = offset;
        syncedOffset = offset;
    }

    void retainFrom(long offset) {
        startOffset = Math.max(startOffset, offset);
        epochs = epochs.startAt(startOffset);
    }

    void sync() {
        syncedOffset = endOffset();
    }

    void checkpoint(long newHighWatermark) {
        highWatermark = newHighWatermark;
    }

    /** The machine fails: what was written last is gone, as far as it had not reached the disk itself. */
    void loseUnsynced(Cluster cluster) {
        long end = cluster.between(Math.max(syncedOffset, startOffset), endOffset());
        truncate(end);
        highWatermark = Math.min(highWatermark, end);
    }

    void endProperly(long brokerEpoch) {
        sync();
        cleanEpoch = brokerEpoch;
    }

    /** The epoch of the life before if that ended properly. */
    long beginLife() {
        long epoch = cleanEpoch;
        cleanEpoch = Broker.NONE;
        return epoch;
    }

    /** The newest batch of a producer that is in the log, {@link Batch#NONE} if there is none. */
    Batch lastBatch(int producer) {
        for (int i = entries.size() - 1; i >= 0; i--) {
            if (entries.get(i).batch().producer() == producer) {
                return entries.get(i).batch();
            }
        }
        return Batch.NONE;
    }

    OptionalLong offsetOf(Batch batch) {
        for (int i = entries.size() - 1; i >= 0; i--) {
            if (entries.get(i).batch().equals(batch)) {
                return OptionalLong.of(baseOffset + i);
            }
        }
        return OptionalLong.empty();
    }
}
