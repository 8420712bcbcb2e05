package io.tailrace.replication;

import io.tailrace.protocol.EpochEnd;
import io.tailrace.replication.cluster.Broker;
import io.tailrace.replication.cluster.PartitionAssignment;
import io.tailrace.replication.cluster.PartitionState;
import java.util.Map;

/** What can happen to a partition on a broker. */
public sealed interface Event {

    /**
     * The partition's assignment or state was read from the store: by following it. Older news than
     * what is known changes nothing.
     */
    record StateRead(PartitionAssignment assignment, PartitionState state) implements Event {}

    /** The partition is no longer there, or no longer on this broker. */
    record Unassigned() implements Event {}

    /** This broker is registered, under this broker epoch. */
    record Registered(long brokerEpoch) implements Event {}

    /** This broker's session is lost, or cannot be told from lost: others may act in its place. */
    record SessionLost() implements Event {}

    /** The registered brokers are these now, by id. The map must not change afterwards. */
    record BrokersChanged(Map<Integer, Broker> brokers) implements Event {}

    /** The topic's {@code min.insync.replicas} is this now. */
    record MinInsyncChanged(int minInsyncReplicas) implements Event {}

    /**
     * This leader appended to its log.
     *
     * @param leaderEpoch the epoch it appended in
     * @param log the log afterwards
     */
    record Appended(int leaderEpoch, LogExtent log) implements Event {}

    /**
     * Records at the start of the log were deleted, by retention or on request.
     *
     * @param log the log afterwards
     */
    record LogStartMoved(LogExtent log) implements Event {}

    /** A follower asked this leader for records. */
    record Fetched(FollowerFetch fetch) implements Event {}

    /**
     * This follower appended the leader's answer to its log.
     *
     * @param leaderEpoch the epoch in which it was fetched
     * @param log the log afterwards
     * @param leaderHighWatermark the leader's high watermark, exclusive
     */
    record Replicated(int leaderEpoch, LogExtent log, long leaderHighWatermark) implements Event {}

    /**
     * The leader said that this follower's log diverges from its own.
     *
     * @param leaderEpoch the epoch in which it was fetched
     * @param leaderEnd where the leader's latest epoch ends that is not after this follower's last
     */
    record Diverged(int leaderEpoch, EpochEnd leaderEnd) implements Event {}

    /** The leader no longer has what this follower needs next; its log starts at {@code leaderLogStartOffset}. */
    record FellBehind(int leaderEpoch, long leaderLogStartOffset) implements Event {}

    /** The write that {@link Effect.ProposeIsr} asked for was done. */
    record ProposalWritten(PartitionState written) implements Event {}

    /** The write that {@link Effect.ProposeIsr} asked for was refused: the state is at another version by now. */
    record ProposalRefused(int expectedVersion) implements Event {}

    /** Whether the write that {@link Effect.ProposeIsr} asked for was done is not known. */
    record ProposalUnknown(int expectedVersion) implements Event {}

    /**
     * The state as {@link Effect.ReadBack} found it in the store, after the proposal it is about had been decided. Later
     * proposals may not have been.
     */
    record StateReadBack(int expectedVersion, PartitionState state) implements Event {}

    /** The log's directory failed: nothing can be read from it or written to it. */
    record LogFailed() implements Event {}

    /** Time has passed. */
    record Tick() implements Event {}
}
