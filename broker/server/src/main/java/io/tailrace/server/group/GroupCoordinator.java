package io.tailrace.server.group;

import io.tailrace.groups.GroupsShard;
import io.tailrace.groups.offsets.EndOffsetsTransaction;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.group.OffsetsTopic;
import io.tailrace.protocol.record.EndTransactionMarker;
import io.tailrace.server.shard.ShardHosts;
import io.tailrace.server.shard.ShardStatus;
import io.tailrace.server.shard.Submission;
import io.tailrace.shard.Operation;
import io.tailrace.shard.Query;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.IntSupplier;

/**
 * The consumer groups that this broker coordinates: those whose partition of {@link #TOPIC} it leads. Thread-safe.
 *
 * <p>Each request gets one answer, on a thread of the shards or, if it is refused at once, on the caller's thread. The callback
 * must not block. A handler passes {@code call::answer}, which any thread may call, and gives the request up when its client
 * disconnects:
 *
 * <pre>{@code
 * call.onDisconnect(groups.submit(request.groupId(), new Heartbeat(request), call::answer)::giveUp);
 * }</pre>
 *
 * <p>A request is refused with {@code NOT_COORDINATOR} if another broker coordinates its group or if the outcome is unknown, with
 * {@code COORDINATOR_LOAD_IN_PROGRESS} while the groups are loading or too many requests wait, with
 * {@code COORDINATOR_NOT_AVAILABLE} if too few replicas are in sync or they do not acknowledge in time, with
 * {@code MESSAGE_TOO_LARGE} if what it stores does not fit into a batch, and with {@code UNKNOWN_SERVER_ERROR} if the rules fail.
 */
public final class GroupCoordinator {
    /** The topic that stores the groups. */
    public static final String TOPIC = OffsetsTopic.NAME;

    private final IntSupplier partitions;
    private final ShardHosts<GroupsShard> hosts;
    private final LongAdder offsetsCommitted = new LongAdder();
    private final LongAdder generationsStarted = new LongAdder();

    /** @param partitions the number of partitions of {@link #TOPIC} */
    public GroupCoordinator(IntSupplier partitions, ShardHosts<GroupsShard> hosts) {
        this.partitions = partitions;
        this.hosts = hosts;
    }

    /** The partition of {@link #TOPIC} that a group belongs to. */
    public int partitionOf(String group) {
        return OffsetsTopic.partitionOf(group, partitions.getAsInt());
    }

    /**
     * Submits a request of a group.
     *
     * @param answer gets the answer, or {@link Operation#refused} of the error
     * @return lets the caller give the request up
     */
    public <A> Submission submit(String group, Operation<GroupsShard, A> operation, Consumer<A> answer) {
        return hosts.submit(partitionOf(group), operation, answer);
    }

    /**
     * Ends a transaction in a partition of {@link #TOPIC}: appends the marker, and makes its offsets visible or drops them.
     *
     * @param raisesEpoch whether the marker must have a later epoch than the records, as with transaction version 2
     * @param answer gets the error of the partition, once the marker is committed
     */
    public void endTransaction(
            int partition, EndTransactionMarker marker, boolean raisesEpoch, Consumer<ErrorCode> answer) {
        var unused = hosts.submit(partition, new EndOffsetsTransaction(marker, raisesEpoch), answer);
    }

    /**
     * Queries the committed state of a group.
     *
     * @param answer gets the answer, or {@link Query#refused} of the error
     */
    public <A> void query(String group, Query<GroupsShard, A> query, Consumer<A> answer) {
        hosts.query(partitionOf(group), query, answer);
    }

    /**
     * Queries every shard of this broker. A shard that is still loading returns {@link ErrorCode#COORDINATOR_LOAD_IN_PROGRESS}.
     *
     * @param answers gets one answer for each shard, in no order
     */
    public <A> void queryAll(Query<GroupsShard, A> query, Consumer<List<A>> answers) {
        hosts.queryAll(query, answers);
    }

    /** The status of each shard of this broker, in no order. */
    public List<ShardStatus> shards() {
        return hosts.statuses();
    }

    /** Counts offsets whose commits were reported to clients. */
    public void countCommitted(long offsets) {
        offsetsCommitted.add(offsets);
    }

    /** Counts a generation that was reported to its leader. */
    public void countGeneration() {
        generationsStarted.increment();
    }

    /** Offsets that were committed since the start. */
    public long offsetsCommitted() {
        return offsetsCommitted.sum();
    }

    /** Generations of groups of the classic protocol since the start. A generation counts twice if its leader asks twice. */
    public long generationsStarted() {
        return generationsStarted.sum();
    }
}
