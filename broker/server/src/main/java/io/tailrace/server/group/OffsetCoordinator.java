package io.tailrace.server.group;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.Leader;
import io.tailrace.replication.Replica;
import io.tailrace.server.partition.LeadershipListener;
import io.tailrace.server.partition.Partition;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The committed offsets of all groups that this broker coordinates. Thread-safe. */
public final class OffsetCoordinator implements LeadershipListener {
    /** The topic that stores them. */
    public static final String TOPIC = "__consumer_offsets";

    private static final Logger LOG = LoggerFactory.getLogger(OffsetCoordinator.class);

    private final int partitions;
    private final Executor loader;
    private final Map<Integer, OffsetsShard> shards = new ConcurrentHashMap<>();

    /**
     * @param partitions {@code offsets.topic.num.partitions}
     * @param loader loads shards, one after the other
     */
    public OffsetCoordinator(int partitions, Executor loader) {
        this.partitions = partitions;
        this.loader = loader;
    }

    /** The partition of {@link #TOPIC} that a group belongs to. */
    public int partitionOf(String group) {
        int hash = group.hashCode();
        return (hash == Integer.MIN_VALUE ? 0 : Math.abs(hash)) % partitions;
    }

    /** {@code NONE} if this broker coordinates the group, else the error to answer its requests with. */
    public ErrorCode coordinates(String group) {
        if (group.isEmpty()) {
            return ErrorCode.INVALID_GROUP_ID;
        }
        OffsetsShard shard = shards.get(partitionOf(group));
        if (shard == null || !shard.leads()) {
            return ErrorCode.NOT_COORDINATOR;
        }
        return shard.isLoaded() ? ErrorCode.NONE : ErrorCode.COORDINATOR_LOAD_IN_PROGRESS;
    }

    /**
     * Commits offsets of a group.
     *
     * @param done called once, on any thread, when the in-sync replicas have acknowledged the offsets, or with an error
     */
    public void commit(
            String group, Map<TopicPartition, CommittedOffset> offsets, long nowMs, Consumer<ErrorCode> done) {
        OffsetsShard shard = shards.get(partitionOf(group));
        ErrorCode error = coordinates(group);
        if (shard == null || error != ErrorCode.NONE) {
            done.accept(error == ErrorCode.NONE ? ErrorCode.NOT_COORDINATOR : error);
        } else if (offsets.isEmpty()) {
            done.accept(ErrorCode.NONE);
        } else {
            shard.commit(group, offsets, nowMs, done);
        }
    }

    /** The offsets of a group that this broker coordinates, by partition; empty for an unknown group. */
    public Map<TopicPartition, CommittedOffset> offsets(String group) {
        OffsetsShard shard = shards.get(partitionOf(group));
        return shard == null ? Map.of() : shard.offsets(group);
    }

    /**
     * Removes expired offsets. May wait for the disks of {@link #TOPIC}.
     *
     * @param isDeleted whether a partition no longer exists
     * @param committedBeforeMs offsets committed before this time have expired
     */
    public void expire(Predicate<TopicPartition> isDeleted, long committedBeforeMs, long nowMs) {
        for (OffsetsShard shard : shards.values()) {
            if (shard.isLoaded()) {
                shard.expire(isDeleted, committedBeforeMs, nowMs);
            }
        }
    }

    @Override
    public void leadershipChanged(Partition partition, Replica now) {
        if (!partition.id().topic().equals(TOPIC)) {
            return;
        }
        int index = partition.id().partition();
        if (now instanceof Leader) {
            OffsetsShard shard = new OffsetsShard(partition, now.leaderEpoch());
            shards.put(index, shard);
            loader.execute(() -> load(shard, index));
        } else {
            shards.remove(index);
        }
    }

    private void load(OffsetsShard shard, int index) {
        try {
            shard.load();
        } catch (IOException | RuntimeException e) {
            LOG.error(
                    "cannot read committed offsets in {}-{}: its groups have no coordinator until another leader is elected",
                    TOPIC,
                    index,
                    e);
            shards.remove(index, shard);
        }
    }
}
