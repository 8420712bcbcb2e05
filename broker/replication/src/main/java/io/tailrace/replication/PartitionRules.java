package io.tailrace.replication;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.replication.Offline.Reason;
import io.tailrace.replication.cluster.Incarnation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The rules by which a partition changes on a broker. Stateless and thread-safe; step the events of one partition one at a
 * time.
 */
public final class PartitionRules {
    private final LeaderRules leading;
    private final FollowerRules following = new FollowerRules();

    /**
     * @param replicaLagMsMax {@code replica.lag.time.max.ms}: a follower that has not caught up for this long leaves the ISR
     */
    public PartitionRules(long replicaLagMsMax) {
        leading = new LeaderRules(replicaLagMsMax);
    }

    /**
     * What follows from an event. An event that comes too late for the replica's role or epoch changes nothing.
     *
     * @param nowMs milliseconds of a clock that never goes back
     * @throws IllegalStateException if the caller appended without being allowed to: without leading, or as a follower in
     *     another epoch
     */
    public Transition step(Replica replica, Event event, long nowMs) {
        return event.handledBy(stepOf(replica, nowMs));
    }

    private RoleStep stepOf(Replica replica, long nowMs) {
        if (replica instanceof Leader leader) {
            return new LeaderStep(this, leading, leader, nowMs);
        }
        if (replica instanceof Follower follower) {
            return new FollowerStep(this, following, follower, nowMs);
        }
        if (replica instanceof Offline offline) {
            return new OfflineStep(this, offline, nowMs);
        }
        throw new IllegalStateException("unknown role: " + replica);
    }

    /** Takes the role that follows from {@code view}; keeps the current one if it is the same. */
    Transition resolve(Replica replica, PartitionView view, long nowMs) {
        if (replica instanceof Offline offline && offline.reason() == Reason.LOG_FAILED) {
            return Transition.to(new Offline(view, offline.log(), Reason.LOG_FAILED));
        }
        Optional<Reason> offline = reasonToBeOffline(view);
        if (offline.isPresent()) {
            return goOffline(replica, view, offline.get(), ErrorCode.NOT_LEADER_OR_FOLLOWER);
        }
        boolean sameEpoch = replica.leaderEpoch() == view.state().leaderEpoch();
        List<Effect> effects = new ArrayList<>();
        if (view.state().leader() == view.self().brokerId()) {
            if (replica instanceof Leader leader && sameEpoch) {
                return leading.refresh(leader, view, nowMs);
            }
            if (!(replica instanceof Leader)) {
                endRole(replica, ErrorCode.NOT_LEADER_OR_FOLLOWER, effects);
            }
            return leading.startLeading(view, replica.log(), effects, nowMs);
        }
        if (replica instanceof Follower follower && sameEpoch) {
            return Transition.to(new Follower(view, follower.log()));
        }
        if (!(replica instanceof Follower)) {
            endRole(replica, ErrorCode.NOT_LEADER_OR_FOLLOWER, effects);
        }
        return following.startFollowing(view, replica.log(), effects);
    }

    /** @param error the answer to produces that wait for replicas */
    Transition goOffline(Replica replica, PartitionView view, Reason reason, ErrorCode error) {
        List<Effect> effects = new ArrayList<>();
        endRole(replica, error, effects);
        return new Transition(new Offline(view, replica.log(), reason), effects);
    }

    private static Optional<Reason> reasonToBeOffline(PartitionView view) {
        if (view.agreedOrNull() == null
                || !view.requireAgreed()
                        .assignment()
                        .replicas()
                        .contains(view.self().brokerId())) {
            return Optional.of(Reason.UNASSIGNED);
        }
        if (view.fenced()) {
            return Optional.of(Reason.FENCED);
        }
        Optional<Incarnation> leader = view.state().leaderIncarnation();
        if (leader.isEmpty()) {
            return Optional.of(Reason.NO_LEADER);
        }
        return isEarlierIncarnation(view.self(), leader.get()) ? Optional.of(Reason.FENCED) : Optional.empty();
    }

    /** Whether this broker was elected before it registered again. */
    private static boolean isEarlierIncarnation(Incarnation self, Incarnation leader) {
        return leader.brokerId() == self.brokerId() && !leader.equals(self);
    }

    private static void endRole(Replica replica, ErrorCode error, List<Effect> effects) {
        if (replica instanceof Leader) {
            effects.add(new Effect.LeadershipEnded());
            effects.add(new Effect.AcksFailed(error));
        } else if (replica instanceof Follower) {
            effects.add(new Effect.StopFetching());
        }
    }
}
