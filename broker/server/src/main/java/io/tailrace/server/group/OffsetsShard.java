package io.tailrace.server.group;

import io.tailrace.log.AppendResult;
import io.tailrace.log.LogSlice;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.record.CompressionType;
import io.tailrace.protocol.record.Decompressor;
import io.tailrace.protocol.record.RecordBatch;
import io.tailrace.protocol.record.RecordBatchBuilder;
import io.tailrace.protocol.record.RecordBatches;
import io.tailrace.protocol.record.RecordCursor;
import io.tailrace.replication.Leader;
import io.tailrace.server.partition.Partition;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The committed offsets in one partition of {@code __consumer_offsets}, while this broker leads it. Thread-safe. */
final class OffsetsShard {
    private static final int LOAD_BYTES = 1 << 20;
    private static final int DECOMPRESSED_BYTES_MAX = 64 << 20;
    private static final int TOMBSTONES_PER_BATCH_MAX = 1000;
    /** More than a record and a batch need beside a tombstone's key. */
    private static final int OVERHEAD_BYTES = 100;

    private final Partition partition;
    /** Nothing is appended in a later epoch: its commits belong to the shard that was loaded for it. */
    private final int leaderEpoch;

    /**
     * One writer at a time: what {@link #expire} selects is still newest when its tombstones are appended. Taken before the
     * partition's lock, and never by an acknowledgement, which holds that lock.
     */
    private final ReentrantLock writer = new ReentrantLock();

    /** Guarded by {@code this}, as are the fields below; never held while appending. */
    private final Map<String, Map<TopicPartition, Entry>> groups = new HashMap<>();

    /**
     * The log offset of each key's newest record that has not been acknowledged, and so is not in {@link #groups}. It stays if the
     * acknowledgement fails: the log has the record.
     */
    private final Map<OffsetRecords.Key, Long> unacknowledged = new HashMap<>();

    private boolean loaded;

    /** An offset and the log offset of its record: acknowledgements may come out of order, the log's order counts. */
    private record Entry(CommittedOffset committed, long logOffset) {}

    /** A record to append; a tombstone if {@code committed} is null. */
    private record Change(OffsetRecords.Key key, @Nullable CommittedOffset committed) {}

    OffsetsShard(Partition partition, int leaderEpoch) {
        this.partition = partition;
        this.leaderEpoch = leaderEpoch;
    }

    synchronized boolean isLoaded() {
        return loaded;
    }

    /** Whether this broker still leads in the shard's epoch, so that its offsets may be answered. */
    boolean leads() {
        return partition.leadershipIn(leaderEpoch) instanceof Leader;
    }

    /**
     * Reads the log to its end. Offsets must not be asked for before.
     *
     * @throws IOException if the log cannot be read
     */
    void load() throws IOException {
        Decompressor decompressor = new Decompressor(DECOMPRESSED_BYTES_MAX);
        long offset = partition.logStartOffset();
        long end = partition.logEndOffset();
        while (offset < end) {
            long next = offset;
            try (LogSlice slice = partition.readOwn(offset, LOAD_BYTES, end)) {
                for (RecordBatch batch : RecordBatches.of(slice.toBuffer())) {
                    apply(batch, decompressor);
                    next = batch.nextOffset();
                }
            }
            if (next == offset) {
                break;
            }
            offset = next;
        }
        synchronized (this) {
            loaded = true;
        }
    }

    private synchronized void apply(RecordBatch batch, Decompressor decompressor) {
        if (batch.isControl()) {
            return;
        }
        RecordCursor record = RecordCursor.of(batch, decompressor);
        while (record.next()) {
            ByteBuffer key = record.key();
            if (key != null) {
                ByteBuffer value = record.value();
                OffsetRecords.parseKey(key)
                        .ifPresent(parsed ->
                                put(parsed, value == null ? null : OffsetRecords.parseValue(value), record.offset()));
            }
        }
    }

    /** Appends offsets of a group. Calls {@code done} once, on any thread, when the in-sync replicas have acknowledged them. */
    void commit(String group, Map<TopicPartition, CommittedOffset> offsets, long nowMs, Consumer<ErrorCode> done) {
        List<Change> changes = new ArrayList<>();
        offsets.forEach((part, committed) -> changes.add(new Change(new OffsetRecords.Key(group, part), committed)));
        append(changes, nowMs, done);
    }

    /** The acknowledged offsets of a group by partition, in order; empty for an unknown group. */
    synchronized Map<TopicPartition, CommittedOffset> offsets(String group) {
        Map<TopicPartition, CommittedOffset> offsets = new TreeMap<>();
        groups.getOrDefault(group, Map.of()).forEach((part, entry) -> offsets.put(part, entry.committed()));
        return offsets;
    }

    /** Appends a tombstone for each offset that is old or whose topic is deleted, unless a newer commit is on its way. */
    void expire(Predicate<TopicPartition> isDeleted, long committedBeforeMs, long nowMs) {
        boolean mayHaveMore = true;
        while (mayHaveMore) {
            writer.lock();
            try {
                List<Change> tombstones = tombstones(isDeleted, committedBeforeMs);
                mayHaveMore = !tombstones.isEmpty() && append(tombstones, nowMs, error -> {});
            } finally {
                writer.unlock();
            }
        }
    }

    /** As many as fit into one batch. */
    private synchronized List<Change> tombstones(Predicate<TopicPartition> isDeleted, long committedBeforeMs) {
        int bytesLeft = partition.settings().messageBytesMax() - OVERHEAD_BYTES;
        List<Change> tombstones = new ArrayList<>();
        for (Map.Entry<String, Map<TopicPartition, Entry>> group : groups.entrySet()) {
            for (Map.Entry<TopicPartition, Entry> each : group.getValue().entrySet()) {
                OffsetRecords.Key key = new OffsetRecords.Key(group.getKey(), each.getKey());
                CommittedOffset committed = each.getValue().committed();
                boolean isExpired = committed.committedAtMs() < committedBeforeMs || isDeleted.test(key.partition());
                if (!isExpired || unacknowledged.containsKey(key)) {
                    continue;
                }
                bytesLeft -= OVERHEAD_BYTES + OffsetRecords.key(key.group(), key.partition()).length;
                if (!tombstones.isEmpty() && (bytesLeft < 0 || tombstones.size() == TOMBSTONES_PER_BATCH_MAX)) {
                    return tombstones;
                }
                tombstones.add(new Change(key, null));
            }
        }
        return tombstones;
    }

    /** Returns whether the changes were written; {@code done} is called in any case. */
    private boolean append(List<Change> changes, long nowMs, Consumer<ErrorCode> done) {
        ByteBuffer batch = batch(changes, nowMs);
        if (batch.remaining() > partition.settings().messageBytesMax()) {
            done.accept(ErrorCode.INVALID_COMMIT_OFFSET_SIZE);
            return false;
        }
        AppendResult result;
        writer.lock();
        try {
            result = partition.append(batch, leaderEpoch, true).result();
            if (result instanceof AppendResult.Appended appended) {
                appended(changes, appended.baseOffset());
            }
        } finally {
            writer.unlock();
        }
        if (result instanceof AppendResult.Appended appended) {
            partition.awaitAcks(appended.nextOffset(), leaderEpoch, error -> {
                if (error == ErrorCode.NONE) {
                    acknowledged(changes, appended.baseOffset());
                }
                done.accept(coordinatorError(error));
            });
            return true;
        }
        ErrorCode error =
                result instanceof AppendResult.Refused refused ? refused.error() : ErrorCode.UNKNOWN_SERVER_ERROR;
        done.accept(coordinatorError(error));
        return false;
    }

    private static ByteBuffer batch(List<Change> changes, long nowMs) {
        RecordBatchBuilder builder = new RecordBatchBuilder(CompressionType.NONE, Integer.MAX_VALUE);
        for (Change change : changes) {
            CommittedOffset committed = change.committed();
            builder.append(
                    nowMs,
                    OffsetRecords.key(change.key().group(), change.key().partition()),
                    committed == null ? null : OffsetRecords.value(committed),
                    List.of());
        }
        return builder.build();
    }

    private synchronized void appended(List<Change> changes, long baseOffset) {
        long logOffset = baseOffset;
        for (Change change : changes) {
            unacknowledged.put(change.key(), logOffset++);
        }
    }

    private synchronized void acknowledged(List<Change> changes, long baseOffset) {
        long logOffset = baseOffset;
        for (Change change : changes) {
            unacknowledged.remove(change.key(), logOffset);
            put(change.key(), change.committed(), logOffset++);
        }
    }

    private void put(OffsetRecords.Key key, @Nullable CommittedOffset committed, long logOffset) {
        Map<TopicPartition, Entry> offsets = groups.computeIfAbsent(key.group(), name -> new HashMap<>());
        Entry before = offsets.get(key.partition());
        if (before == null || before.logOffset() <= logOffset) {
            if (committed != null) {
                offsets.put(key.partition(), new Entry(committed, logOffset));
            } else {
                offsets.remove(key.partition());
            }
        }
        if (offsets.isEmpty()) {
            groups.remove(key.group());
        }
    }

    /** The error a client gets when a write to the coordinator's own log has failed. */
    private static ErrorCode coordinatorError(ErrorCode error) {
        return switch (error) {
            case NONE, INVALID_COMMIT_OFFSET_SIZE -> error;
            case NOT_LEADER_OR_FOLLOWER, KAFKA_STORAGE_ERROR, FENCED_LEADER_EPOCH -> ErrorCode.NOT_COORDINATOR;
            case MESSAGE_TOO_LARGE -> ErrorCode.INVALID_COMMIT_OFFSET_SIZE;
            case NOT_ENOUGH_REPLICAS, NOT_ENOUGH_REPLICAS_AFTER_APPEND, REQUEST_TIMED_OUT, LEADER_NOT_AVAILABLE ->
                ErrorCode.COORDINATOR_NOT_AVAILABLE;
            default -> ErrorCode.UNKNOWN_SERVER_ERROR;
        };
    }
}
