package io.tailrace.replication;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.replication.Offline.Reason;
import io.tailrace.replication.cluster.Broker;
import io.tailrace.replication.cluster.Incarnation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The rules by which a partition changes on a broker. Stateless, and so safe between threads; one partition's events
 * must be stepped one at a time.
 */
public final class PartitionRules {
    private final LeaderRules leading;
    private final FollowerRules following = new FollowerRules();

    /**
     * @param replicaLagMsMax {@code replica.lag.time.max.ms}: how long a follower may go without having caught up before
     *     it leaves the ISR
     */
    public PartitionRules(long replicaLagMsMax) {
        leading = new LeaderRules(replicaLagMsMax);
    }

    /**
     * What follows from an event. An event that comes too late for the replica's role or epoch changes nothing.
     *
     * @param nowMs milliseconds of any clock that never goes back
     * @throws IllegalStateException if the caller did what it had not been allowed to: appended without leading, or as a
     *     follower in another epoch
     */
    public Transition step(Replica replica, Event event, long nowMs) {
        if (event instanceof Event.Appended appended) {
            if (replica instanceof Leader leader && appended.leaderEpoch() == leader.leaderEpoch()) {
                return leading.appended(leader, appended.log());
            }
            throw new IllegalStateException("appended to " + replica.view().partition() + " up to "
                    + appended.log().endOffset() + " in epoch " + appended.leaderEpoch() + " without leading in it");
        }
        if (replica instanceof Leader leader) {
            if (event instanceof Event.Fetched fetched) {
                return leading.fetched(leader, fetched.fetch(), nowMs);
            }
            if (event instanceof Event.Tick) {
                return leading.proposeIfNeeded(leader, new ArrayList<>(), nowMs);
            }
            if (event instanceof Event.ProposalRefused refused) {
                return leading.undecided(leader, refused.expectedVersion());
            }
            if (event instanceof Event.ProposalUnknown unknown) {
                return leading.undecided(leader, unknown.expectedVersion());
            }
        }
        if (event instanceof Event.Replicated replicated) {
            return following.replicated(replica, replicated);
        }
        if (replica instanceof Follower follower) {
            if (event instanceof Event.Diverged diverged && follower.follows(diverged.leaderEpoch())) {
                return following.diverged(follower, diverged.leaderEnd());
            }
            if (event instanceof Event.FellBehind behind && follower.follows(behind.leaderEpoch())) {
                return following.fellBehind(follower, behind.leaderLogStartOffset());
            }
        }
        return stepAnyRole(replica, event, nowMs);
    }

    private Transition stepAnyRole(Replica replica, Event event, long nowMs) {
        PartitionView view = replica.view();
        if (event instanceof Event.StateRead read) {
            return resolve(replica, view.read(read.assignment(), read.state()), nowMs);
        }
        if (event instanceof Event.ProposalWritten written && view.agreedOrNull() != null) {
            return resolve(replica, view.read(view.requireAgreed().assignment(), written.written()), nowMs);
        }
        if (event instanceof Event.StateReadBack readBack && view.agreedOrNull() != null) {
            Replica decided = replica instanceof Leader leader ? leading.readBack(leader, readBack) : replica;
            return resolve(decided, view.read(view.requireAgreed().assignment(), readBack.state()), nowMs);
        }
        if (event instanceof Event.Unassigned) {
            return resolve(replica, view.withAgreed(null), nowMs);
        }
        if (event instanceof Event.Registered registered) {
            return resolve(replica, view.withSelf(registered.brokerEpoch()), nowMs);
        }
        if (event instanceof Event.SessionLost) {
            return resolve(replica, view.withSelf(Broker.NONE), nowMs);
        }
        if (event instanceof Event.BrokersChanged changed) {
            return resolve(replica, view.withBrokers(changed.brokers()), nowMs);
        }
        if (event instanceof Event.MinInsyncChanged changed) {
            return resolve(replica, view.withMinInsyncReplicas(changed.minInsyncReplicas()), nowMs);
        }
        if (event instanceof Event.LogStartMoved moved) {
            return new Transition(withLog(replica, replica.log().with(moved.log())), List.of());
        }
        if (event instanceof Event.LogFailed) {
            List<Effect> effects = new ArrayList<>();
            leave(replica, ErrorCode.KAFKA_STORAGE_ERROR, effects);
            return new Transition(new Offline(view, replica.log(), Reason.LOG_FAILED), effects);
        }
        return new Transition(replica, List.of());
    }

    /** Takes the role that what is known gives this broker, keeping the one it has if it is the same. */
    private Transition resolve(Replica replica, PartitionView view, long nowMs) {
        if (replica instanceof Offline offline && offline.reason() == Reason.LOG_FAILED) {
            return Transition.to(new Offline(view, offline.log(), Reason.LOG_FAILED));
        }
        Optional<Reason> offline = reasonToBeOffline(view);
        List<Effect> effects = new ArrayList<>();
        if (offline.isPresent()) {
            leave(replica, ErrorCode.NOT_LEADER_OR_FOLLOWER, effects);
            return new Transition(new Offline(view, replica.log(), offline.get()), effects);
        }
        boolean sameEpoch = replica.leaderEpoch() == view.state().leaderEpoch();
        if (view.state().leader() == view.self().brokerId()) {
            if (replica instanceof Leader leader && sameEpoch) {
                return leading.refresh(leader, view, nowMs);
            }
            if (!(replica instanceof Leader)) {
                leave(replica, ErrorCode.NOT_LEADER_OR_FOLLOWER, effects);
            }
            return leading.enter(view, replica.log(), effects, nowMs);
        }
        if (replica instanceof Follower follower && sameEpoch) {
            return new Transition(new Follower(view, follower.log()), effects);
        }
        if (!(replica instanceof Follower)) {
            leave(replica, ErrorCode.NOT_LEADER_OR_FOLLOWER, effects);
        }
        return following.enter(view, replica.log(), effects);
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
        return wasElectedInAnEarlierLife(view.self(), leader.get()) ? Optional.of(Reason.FENCED) : Optional.empty();
    }

    private static boolean wasElectedInAnEarlierLife(Incarnation self, Incarnation leader) {
        return leader.brokerId() == self.brokerId() && !leader.equals(self);
    }

    private static void leave(Replica replica, ErrorCode error, List<Effect> effects) {
        if (replica instanceof Leader) {
            effects.add(new Effect.LeadershipEnded());
            effects.add(new Effect.AcksFailed(error));
        } else if (replica instanceof Follower) {
            effects.add(new Effect.StopFetching());
        }
    }

    private static Replica withLog(Replica replica, LogView log) {
        if (replica instanceof Leader leader) {
            return LeaderRules.withLog(leader, log);
        }
        if (replica instanceof Follower follower) {
            return new Follower(follower.view(), log);
        }
        return new Offline(replica.view(), log, ((Offline) replica).reason());
    }
}
