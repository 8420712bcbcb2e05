package io.tailrace.simulation;

import io.tailrace.groups.ClassicGroup;
import io.tailrace.groups.ConsumerGroup;
import io.tailrace.groups.Group;
import io.tailrace.groups.GroupsShard;
import io.tailrace.groups.rules.GroupRules;
import io.tailrace.protocol.codec.GroupRecords;
import io.tailrace.protocol.codec.MalformedMessageException;
import io.tailrace.protocol.group.GroupRecordKey;
import io.tailrace.protocol.group.OffsetCommitKey;
import io.tailrace.protocol.group.OffsetCommitValue;
import io.tailrace.protocol.record.Decompressor;
import io.tailrace.protocol.record.RecordBatch;
import io.tailrace.protocol.record.RecordCursor;
import io.tailrace.shard.StoredRecord;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What the internal topic has of the groups, as far as it is committed: the truth that answers are checked against. It is read
 * from the log, and asks no coordinator.
 *
 * <p>The metadata of a commit name the ownership in which a client made it, and its number: {@code 17#204}.
 */
final class CommittedGroups {
    private static final int DECOMPRESSED_BYTES_MAX = 1 << 20;

    /**
     * A committed offset.
     *
     * @param ownership the commit's client had the partition under this number; a later owner has a higher one
     * @param value the offset
     * @param logOffset where the newest record of the commit is
     * @param atMs when it was made, by the coordinator's clock
     */
    private record Commit(long ownership, long value, long logOffset, long atMs) {}

    private record Slot(String group, int partition) {}

    private final GroupsShard state;
    private final Decompressor decompressor = new Decompressor(DECOMPRESSED_BYTES_MAX);
    /** Where each commit is first, and where its last copy is, by its metadata. */
    private final Map<String, Long> firstLogOffsets = new HashMap<>();

    private final Map<String, Long> logOffsets = new HashMap<>();
    private final Map<Slot, Commit> newest = new HashMap<>();
    private final Map<Slot, Long> removals = new HashMap<>();
    /** Where the newest acknowledged commit is. */
    private final Map<Slot, Long> acknowledged = new HashMap<>();

    CommittedGroups(ReadTopic topic) {
        state = GroupRules.emptyShard(topic, SimulatedGroups.SETTINGS);
    }

    /** Reads a batch. Batches come in order. */
    void read(RecordBatch batch) {
        RecordCursor record = RecordCursor.of(batch, decompressor);
        while (record.next()) {
            StoredRecord stored = new StoredRecord(Objects.requireNonNull(record.key()), record.value());
            offsetKey(stored).ifPresent(key -> check(key, stored, record.offset(), record.timestampMs()));
            state.replay(record.offset(), stored);
            state.timeline().commit(record.offset() + 1);
        }
    }

    private static Optional<OffsetCommitKey> offsetKey(StoredRecord record) {
        try {
            Optional<GroupRecordKey> key = GroupRecords.decodeKey(record.key().duplicate());
            return key.filter(OffsetCommitKey.class::isInstance).map(OffsetCommitKey.class::cast);
        } catch (MalformedMessageException e) {
            throw new IllegalStateException(e);
        }
    }

    private void check(OffsetCommitKey key, StoredRecord record, long logOffset, long atMs) {
        Slot slot = new Slot(key.group(), key.partition());
        Commit before = newest.get(slot);
        if (record.value() == null) {
            if (before != null) {
                checkExpiry(slot, before, atMs);
            }
            newest.remove(slot);
            removals.put(slot, logOffset);
            return;
        }
        OffsetCommitValue value;
        try {
            value = (OffsetCommitValue)
                    GroupRecords.decodeValue(key, record.value().duplicate());
        } catch (MalformedMessageException e) {
            throw new IllegalStateException(e);
        }
        long ownership =
                Long.parseLong(value.metadata().substring(0, value.metadata().indexOf('#')));
        Commit commit = new Commit(ownership, value.offset(), logOffset, value.commitTimestamp());
        if (before != null) {
            checkNext(slot, before, commit);
        }
        firstLogOffsets.putIfAbsent(value.metadata(), logOffset);
        logOffsets.put(value.metadata(), logOffset);
        newest.put(slot, commit);
    }

    /** Only a commit of the same owner that arrives late may set an offset back. */
    private static void checkNext(Slot slot, Commit before, Commit next) {
        if (next.ownership < before.ownership) {
            throw new BrokenPromise("%s: a former owner commits %d after its successor has committed %d"
                    .formatted(slot, next.value, before.value));
        }
        if (next.ownership > before.ownership && next.value < before.value) {
            throw new BrokenPromise(
                    "%s: the committed offset goes back from %d to %d".formatted(slot, before.value, next.value));
        }
    }

    private void checkExpiry(Slot slot, Commit removed, long atMs) {
        long retentionMs = SimulatedGroups.SETTINGS.offsets().retentionMs();
        if (atMs - removed.atMs < retentionMs) {
            throw new BrokenPromise("%s: an offset is removed %d ms after its commit, expected at least %d ms"
                    .formatted(slot, atMs - removed.atMs, retentionMs));
        }
        Group group = state.groups().get(slot.group);
        if (group != null && !group.isEmpty()) {
            throw new BrokenPromise(
                    "%s: an offset is removed while the group has %d members".formatted(slot, group.memberCount()));
        }
    }

    /** A coordinator answers that a commit was successful. */
    void acknowledges(String group, String metadata) {
        Long logOffset = logOffsets.get(metadata);
        if (logOffset == null) {
            throw new BrokenPromise("commit %s of group %s is acknowledged, but it is not committed in the log"
                    .formatted(metadata, group));
        }
    }

    /** A client has learned that a commit was successful. */
    void isAcknowledged(String group, int partition, String metadata) {
        acknowledged.merge(
                new Slot(group, partition), Objects.requireNonNull(firstLogOffsets.get(metadata)), Math::max);
    }

    /** The first place in the log that a coordinator who is asked from now on must know of a partition's offset. */
    long mustKnow(String group, int partition) {
        return acknowledged.getOrDefault(new Slot(group, partition), -1L);
    }

    /**
     * A coordinator answers a committed offset.
     *
     * @param offset -1 for none
     * @param mustKnow what {@link #mustKnow} was when the request was sent
     */
    void answers(String group, int partition, long offset, @Nullable String metadata, long mustKnow) {
        Long logOffset = offset < 0 ? removals.get(new Slot(group, partition)) : logOffsets.get(metadata);
        boolean isUnknown = offset >= 0 && logOffset == null;
        if (isUnknown || (logOffset == null ? -1 : logOffset) < mustKnow) {
            throw new BrokenPromise("the committed offset of partition %d of group %s is answered as %d by commit %s, "
                            .formatted(partition, group, offset, metadata)
                    + (isUnknown ? "which is not committed in the log" : "but a later commit was acknowledged before"));
        }
    }

    /** The newest committed offset; -1 for none. */
    long offset(String group, int partition) {
        Commit commit = newest.get(new Slot(group, partition));
        return commit == null ? -1 : commit.value;
    }

    /** Whether a member is one of the current generation, as far as it is stored. */
    boolean hasMember(String groupId, String memberId, int generation) {
        Group group = state.groups().get(groupId);
        if (group instanceof ClassicGroup classic) {
            return classic.generation().id() == generation && classic.members().get(memberId) != null;
        }
        return group instanceof ConsumerGroup consumers && consumers.member(memberId) != null;
    }

    /** The ids of a group's members. */
    Set<String> members(String groupId) {
        Group group = state.groups().get(groupId);
        if (group instanceof ClassicGroup classic) {
            return new TreeSet<>(classic.members().byId().keySet());
        }
        return group instanceof ConsumerGroup consumers
                ? new TreeSet<>(consumers.members().keySet())
                : Set.of();
    }

    /** The generation or epoch of a group; 0 if there is none. */
    int epoch(String groupId) {
        Group group = state.groups().get(groupId);
        if (group instanceof ClassicGroup classic) {
            return classic.generation().id();
        }
        return group instanceof ConsumerGroup consumers ? consumers.epoch() : 0;
    }
}
