package io.tailrace.replication;

import io.tailrace.protocol.EpochStart;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.LeaderEpochs;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.cluster.Broker;
import io.tailrace.replication.cluster.Endpoint;
import io.tailrace.replication.cluster.Incarnation;
import io.tailrace.replication.cluster.PartitionAssignment;
import io.tailrace.replication.cluster.PartitionState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A partition on broker 1 of 1, 2 and 3, told step by step. Each broker {@code n} is registered under epoch
 * {@code n * 100}; the lag time is ten seconds.
 */
final class Scenario {
    static final long LAG_MS_MAX = 10_000;

    /** A log that has never been written. */
    static final LogView EMPTY = log(0, 0);

    private static final PartitionRules RULES = new PartitionRules(LAG_MS_MAX);

    private final PartitionAssignment assignment;
    private final Map<Integer, Broker> brokers = new HashMap<>();
    private Replica replica;
    private List<Effect> effects = List.of();
    private long nowMs = 1_000;
    private int version;

    private Scenario(List<Integer> replicas, int minInsync, LogView log) {
        assignment = PartitionAssignment.of(replicas);
        replica = Replica.opened(new TopicPartition("web", 0), 1, minInsync, log);
        for (int id = 1; id <= 3; id++) {
            brokers.put(id, broker(id, id * 100L, Broker.NONE, false));
        }
        registered(100).brokersChanged();
    }

    static Scenario singleReplica(LogView log) {
        return new Scenario(List.of(1), 1, log);
    }

    static Scenario threeReplicas(int minInsync, LogView log) {
        return new Scenario(List.of(1, 2, 3), minInsync, log);
    }

    /** A log whose records were written in epoch 0, all but those from {@code highWatermark} on acknowledged. */
    static LogView log(long endOffset, long highWatermark) {
        LeaderEpochs epochs = endOffset == 0 ? LeaderEpochs.EMPTY : LeaderEpochs.EMPTY.append(0, 0);
        return new LogView(new LogExtent(epochs, 0, endOffset), highWatermark);
    }

    static Broker broker(int id, long epoch, long previousEpoch, boolean draining) {
        return new Broker(
                id, epoch, previousEpoch, null, List.of(new Endpoint("PLAINTEXT", "host" + id, 9092)), draining);
    }

    static List<Incarnation> members(int... ids) {
        return Arrays.stream(ids).mapToObj(id -> new Incarnation(id, id * 100L)).toList();
    }

    Scenario step(Event event) {
        Transition transition = RULES.step(replica, event, nowMs);
        replica = transition.state();
        effects = transition.effects();
        return this;
    }

    /** The state in the store becomes this, and this broker reads it. */
    Scenario elected(int leader, int leaderEpoch, int... isr) {
        return read(new PartitionState(leader, leaderEpoch, members(isr), List.of(), leader, 1, version++));
    }

    Scenario read(PartitionState state) {
        version = state.version() + 1;
        return step(new Event.StateRead(assignment, state));
    }

    Scenario appended(long logEndOffset) {
        return step(
                new Event.Appended(replica.leaderEpoch(), extent(replica.log().epochs(), logEndOffset)));
    }

    /** Broker {@code id} fetches from {@code offset} in the current epoch, its last record being of {@code lastEpoch}. */
    Scenario fetched(int id, long offset, int lastEpoch) {
        return step(new Event.Fetched(fetch(id, offset, lastEpoch)));
    }

    FollowerFetch fetch(int id, long offset, int lastEpoch) {
        return fetch(id, offset, lastEpoch, 0);
    }

    FollowerFetch fetch(int id, long offset, int lastEpoch, long logStartOffset) {
        return new FollowerFetch(
                new Incarnation(id, id * 100L), replica.leaderEpoch(), offset, lastEpoch, logStartOffset);
    }

    Scenario replicated(long logEndOffset, long leaderHighWatermark, EpochStart... newEpochs) {
        LeaderEpochs epochs = replica.log().epochs();
        for (EpochStart start : newEpochs) {
            epochs = epochs.append(start.epoch(), start.startOffset());
        }
        return step(new Event.Replicated(replica.leaderEpoch(), extent(epochs, logEndOffset), leaderHighWatermark));
    }

    private LogExtent extent(LeaderEpochs epochs, long logEndOffset) {
        return new LogExtent(epochs, replica.log().startOffset(), logEndOffset);
    }

    Scenario registered(long brokerEpoch) {
        return step(new Event.Registered(brokerEpoch));
    }

    Scenario restartedUncleanly(int id, long brokerEpoch) {
        brokers.put(id, broker(id, brokerEpoch, Broker.NONE, false));
        return brokersChanged();
    }

    Scenario gone(int id) {
        brokers.remove(id);
        return brokersChanged();
    }

    Scenario drains(int id) {
        brokers.put(id, broker(id, id * 100L, Broker.NONE, true));
        return brokersChanged();
    }

    Scenario inRack(int id, String rack) {
        brokers.put(
                id,
                new Broker(
                        id,
                        id * 100L,
                        Broker.NONE,
                        rack,
                        List.of(new Endpoint("PLAINTEXT", "host" + id, 9092)),
                        false));
        return brokersChanged();
    }

    Scenario brokersChanged() {
        return step(new Event.BrokersChanged(Map.copyOf(brokers)));
    }

    Scenario passes(long ms) {
        nowMs += ms;
        return this;
    }

    Scenario tick() {
        return step(new Event.Tick());
    }

    /** The proposal under way is written, and this broker hears so. */
    Scenario proposalWritten() {
        PartitionState next = leader().proposal().orElseThrow();
        version = next.version() + 2;
        return step(new Event.ProposalWritten(next.withVersion(next.version() + 1)));
    }

    Replica replica() {
        return replica;
    }

    /** The error for a request that expects this leader epoch; {@code NONE} if the replica leads in it. */
    ErrorCode refusal(int currentLeaderEpoch) {
        return replica.leadershipIn(currentLeaderEpoch).map(leader -> ErrorCode.NONE, error -> error);
    }

    Leader leader() {
        return (Leader) replica;
    }

    Follower follower() {
        return (Follower) replica;
    }

    PartitionState state() {
        return replica.view().agreed().orElseThrow().state();
    }

    long highWatermark() {
        return replica.log().highWatermark();
    }

    /** What the last step asks for. */
    List<Effect> effects() {
        return new ArrayList<>(effects);
    }

    /** The ids in the ISR that the last step proposes; empty if it proposes none. */
    List<Integer> proposedIsr() {
        return effects.stream()
                .filter(Effect.ProposeIsr.class::isInstance)
                .map(e -> ((Effect.ProposeIsr) e).next().isrIds())
                .findFirst()
                .orElse(List.of());
    }
}
