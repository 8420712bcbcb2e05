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
import io.tailrace.server.partition.Partition;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The committed offsets in one partition of {@code __consumer_offsets}, while this broker leads it. Thread-safe. */
final class OffsetsShard {
    private static final int LOAD_BYTES = 1 << 20;
    private static final int DECOMPRESSED_BYTES_MAX = 64 << 20;

    private final Partition partition;
    /** Nothing is written in a later one: its commits belong to the shard that was loaded for it. */
    private final int leaderEpoch;

    /** Guarded by {@code this}, as is {@link #loaded}; never held while appending. */
    private final Map<String, Map<TopicPartition, Entry>> groups = new HashMap<>();

    private boolean loaded;

    /** An offset and where in the log it stands, so that commits acknowledged out of order end in the log's order. */
    private record Entry(CommittedOffset committed, long logOffset) {}

    OffsetsShard(Partition partition, int leaderEpoch) {
        this.partition = partition;
        this.leaderEpoch = leaderEpoch;
    }

    synchronized boolean loaded() {
        return loaded;
    }

    /** Whether what is known here may be told. */
    boolean leads() {
        return partition.leads(partition.replica(), leaderEpoch) == ErrorCode.NONE;
    }

    /**
     * Reads the log to its end; until then offsets are not to be asked for.
     *
     * @throws IOException if it cannot be read
     */
    void load() throws IOException {
        Decompressor decompressor = new Decompressor(DECOMPRESSED_BYTES_MAX);
        long offset = partition.log().logStartOffset();
        long end = partition.log().logEndOffset();
        while (offset < end) {
            long next = offset;
            try (LogSlice slice = partition.log().read(offset, LOAD_BYTES, end, true)) {
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
                        .ifPresent(parsed -> put(
                                parsed.group(),
                                parsed.partition(),
                                value == null ? null : OffsetRecords.parseValue(value),
                                record.offset()));
            }
        }
    }

    /**
     * Writes offsets of a group, and calls {@code done} once they are acknowledged by the in-sync replicas, on any
     * thread.
     */
    void commit(String group, Map<TopicPartition, CommittedOffset> offsets, long nowMs, Consumer<ErrorCode> done) {
        List<Change> changes = new ArrayList<>();
        offsets.forEach((part, committed) -> changes.add(new Change(group, part, committed)));
        append(changes, nowMs, done);
    }

    /** Offsets of a group by partition, in order; empty for a group that is not known. */
    synchronized Map<TopicPartition, CommittedOffset> offsets(String group) {
        Map<TopicPartition, CommittedOffset> offsets = new TreeMap<>();
        groups.getOrDefault(group, Map.of()).forEach((part, entry) -> offsets.put(part, entry.committed()));
        return offsets;
    }

    /** Forgets offsets that are old or whose topic is gone, in the log first. */
    void forget(Predicate<TopicPartition> gone, long committedBeforeMs, long nowMs) {
        List<Change> changes = new ArrayList<>();
        synchronized (this) {
            groups.forEach((group, offsets) -> offsets.forEach((part, entry) -> {
                if (entry.committed().committedAtMs() < committedBeforeMs || gone.test(part)) {
                    changes.add(new Change(group, part, null));
                }
            }));
        }
        int batchMax = 1000;
        for (int from = 0; from < changes.size(); from += batchMax) {
            append(changes.subList(from, Math.min(changes.size(), from + batchMax)), nowMs, error -> {});
        }
    }

    private record Change(
            String group,
            TopicPartition partition,
            @Nullable CommittedOffset committed) {}

    private void append(List<Change> changes, long nowMs, Consumer<ErrorCode> done) {
        RecordBatchBuilder builder = new RecordBatchBuilder(CompressionType.NONE, Integer.MAX_VALUE);
        for (Change change : changes) {
            CommittedOffset committed = change.committed();
            builder.append(
                    nowMs,
                    OffsetRecords.key(change.group(), change.partition()),
                    committed == null ? null : OffsetRecords.value(committed),
                    List.of());
        }
        ByteBuffer batch = builder.build();
        if (batch.remaining() > partition.settings().messageBytesMax()) {
            done.accept(ErrorCode.INVALID_COMMIT_OFFSET_SIZE);
            return;
        }
        AppendResult result = partition.append(batch, leaderEpoch, true).result();
        if (result instanceof AppendResult.Appended appended) {
            partition.awaitAcks(appended.nextOffset(), leaderEpoch, error -> {
                if (error == ErrorCode.NONE) {
                    applied(changes, appended.baseOffset());
                }
                done.accept(coordinatorError(error));
            });
        } else {
            ErrorCode error =
                    result instanceof AppendResult.Refused refused ? refused.error() : ErrorCode.UNKNOWN_SERVER_ERROR;
            done.accept(coordinatorError(error));
        }
    }

    private synchronized void applied(List<Change> changes, long baseOffset) {
        long logOffset = baseOffset;
        for (Change change : changes) {
            put(change.group(), change.partition(), change.committed(), logOffset++);
        }
    }

    private void put(String group, TopicPartition part, @Nullable CommittedOffset committed, long logOffset) {
        Map<TopicPartition, Entry> offsets = groups.computeIfAbsent(group, name -> new HashMap<>());
        Entry before = offsets.get(part);
        if (before != null && before.logOffset() > logOffset) {
            return;
        }
        if (committed != null) {
            offsets.put(part, new Entry(committed, logOffset));
        } else {
            offsets.remove(part);
            if (offsets.isEmpty()) {
                groups.remove(group);
            }
        }
    }

    /** What a member is told of a write to the coordinator's own log that failed. */
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
