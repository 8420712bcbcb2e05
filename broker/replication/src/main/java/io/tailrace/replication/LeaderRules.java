package io.tailrace.replication;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.replication.cluster.Broker;
import io.tailrace.replication.cluster.Incarnation;
import io.tailrace.replication.cluster.PartitionState;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a leader decides what is acknowledged and which replicas are in sync. */
final class LeaderRules {
    private final long replicaLagMsMax;

    LeaderRules(long replicaLagMsMax) {
        this.replicaLagMsMax = replicaLagMsMax;
    }

    Transition startLeading(PartitionView view, LogView log, List<Effect> effects, long nowMs) {
        int epoch = view.state().leaderEpoch();
        effects.add(new Effect.LeadershipStarted(epoch, log.endOffset()));
        Leader leader =
                new Leader(view, log.beginEpoch(epoch), log.endOffset(), progressOf(view, List.of(), nowMs), null);
        return proposeIfNeeded(advance(leader, effects), effects, nowMs);
    }

    /** Takes a new view of the partition while it leads in the same epoch. */
    Transition refresh(Leader leader, PartitionView view, long nowMs) {
        List<Effect> effects = new ArrayList<>();
        boolean hadEnough = enoughInsync(leader.view());
        PartitionState proposal = leader.proposalOrNull();
        if (proposal != null && view.state().version() > proposal.version()) {
            proposal = null;
        }
        Leader next = new Leader(
                view, leader.log(), leader.epochStartOffset(), progressOf(view, leader.followers(), nowMs), proposal);
        if (hadEnough && !enoughInsync(view)) {
            effects.add(new Effect.AcksFailed(ErrorCode.NOT_ENOUGH_REPLICAS_AFTER_APPEND));
        }
        return proposeIfNeeded(advance(next, effects), effects, nowMs);
    }

    Transition appended(Leader leader, LogExtent log, long nowMs) {
        if (log.endOffset() < leader.log().endOffset()) {
            throw new IllegalStateException("log of " + leader.view().partition() + " ends at "
                    + leader.log().endOffset() + ", was appended to up to " + log.endOffset());
        }
        Leader next = withFollowers(withLog(leader, leader.log().with(log)), caughtUpUntil(nowMs, leader));
        long highWatermark = acknowledgedByAll(next);
        if (highWatermark <= next.log().highWatermark()) {
            return new Transition(next, List.of());
        }
        return Transition.to(
                withLog(next, next.log().withHighWatermark(highWatermark)),
                new Effect.HighWatermarkAdvanced(highWatermark));
    }

    /**
     * The followers' progress when the leader appends: those that have everything before the append were caught up until now.
     * A follower does not name an idle partition in the fetches of its session (KIP-227), so its last fetch may be long ago.
     */
    private static List<FollowerProgress> caughtUpUntil(long nowMs, Leader leader) {
        List<FollowerProgress> followers = leader.followers();
        for (int i = 0; i < followers.size(); i++) {
            if (hasEverything(leader, followers.get(i))) {
                return followers.stream()
                        .map(follower -> hasEverything(leader, follower) ? follower.caughtUpUntil(nowMs) : follower)
                        .toList();
            }
        }
        return followers;
    }

    /** A broker that is not registered has stopped fetching: its lag time goes on from its last fetch. */
    private static boolean hasEverything(Leader leader, FollowerProgress follower) {
        return follower.endOffset() >= leader.log().endOffset() && leader.view().registered(follower.follower());
    }

    /**
     * Counts a fetch as an acknowledgement if the replica follows in this epoch, under the broker epoch that is registered
     * now, with a log that is a prefix of this one.
     */
    Transition fetched(Leader leader, FollowerFetch fetch, long nowMs) {
        boolean counts =
                isOfThisEpoch(leader, fetch) && leader.view().registered(fetch.follower()) && leader.agreesWith(fetch);
        if (!counts) {
            return new Transition(leader, List.of());
        }
        int i = leader.progress(fetch.follower().brokerId());
        List<FollowerProgress> followers = new ArrayList<>(leader.followers());
        followers.set(i, followers.get(i).fetched(fetch, leader.log().endOffset(), nowMs));
        List<Effect> effects = new ArrayList<>();
        Leader next = advance(withFollowers(leader, followers), effects);
        return proposeIfNeeded(next, effects, nowMs);
    }

    private static boolean isOfThisEpoch(Leader leader, FollowerFetch fetch) {
        return fetch.currentLeaderEpoch() == leader.leaderEpoch();
    }

    /** The write failed or may have failed. Until the state is read back, both ISRs count. */
    Transition undecided(Leader leader, int expectedVersion) {
        PartitionState proposal = leader.proposalOrNull();
        if (proposal == null || proposal.version() != expectedVersion) {
            return Transition.to(leader);
        }
        return Transition.to(leader, new Effect.ReadBack(expectedVersion));
    }

    /** If the store still has the version that the proposal expected, the write did not happen and never will. */
    Leader readBack(Leader leader, Event.StateReadBack readBack) {
        PartitionState proposal = leader.proposalOrNull();
        if (proposal == null || !isAbout(proposal, readBack)) {
            return leader;
        }
        return readBack.state().version() == proposal.version() ? withProposal(leader, null) : leader;
    }

    /** Whether the state was read for this proposal and not for an earlier one. */
    private static boolean isAbout(PartitionState proposal, Event.StateReadBack readBack) {
        return proposal.version() == readBack.expectedVersion();
    }

    /** Proposes the ISR that should be, if it differs and no proposal is undecided. */
    Transition proposeIfNeeded(Leader leader, List<Effect> effects, long nowMs) {
        PartitionView view = leader.view();
        PartitionState state = view.state();
        if (isUndecided(leader)) {
            return new Transition(leader, effects);
        }
        List<Incarnation> isr = new ArrayList<>(state.isr());
        isr.removeIf(member -> !member.equals(view.self()) && outOfSync(leader, member, nowMs));
        for (FollowerProgress follower : leader.followers()) {
            if (canJoin(leader, follower, nowMs)) {
                isr.add(follower.follower());
            }
        }
        boolean lastStandingIsStale =
                !state.lastStanding().isEmpty() && state.isr().size() >= view.minInsync();
        if (isr.equals(state.isr()) && !lastStandingIsStale) {
            return new Transition(leader, effects);
        }
        PartitionState next = state.withIsr(isr, view.minInsync());
        effects.add(new Effect.ProposeIsr(next));
        return new Transition(withProposal(leader, next), effects);
    }

    private static boolean isUndecided(Leader leader) {
        return leader.proposalOrNull() != null;
    }

    private boolean outOfSync(Leader leader, Incarnation member, long nowMs) {
        Broker registered = leader.view().brokers().get(member.brokerId());
        if (registered != null && !registered.continues(member)) {
            return true;
        }
        int i = leader.progress(member.brokerId());
        return i < 0 || leader.followers().get(i).lags(leader.log().endOffset(), replicaLagMsMax, nowMs);
    }

    /** A follower that would leave again at once does not join; otherwise the ISR would flap. */
    private boolean canJoin(Leader leader, FollowerProgress follower, long nowMs) {
        PartitionView view = leader.view();
        Broker broker = view.brokers().get(follower.follower().brokerId());
        return hasCommittedRecords(leader, follower)
                && hasReachedEpochStart(leader, follower)
                && broker != null
                && broker.epoch() == follower.follower().brokerEpoch()
                && !isDraining(broker)
                && !broker.offline().contains(view.partition())
                && !follower.lags(leader.log().endOffset(), replicaLagMsMax, nowMs)
                && !view.state().isrIds().contains(broker.id());
    }

    private static boolean hasCommittedRecords(Leader leader, FollowerProgress follower) {
        return follower.endOffset() >= leader.log().highWatermark();
    }

    /** An earlier leader may have committed more than this one knows. All of it is below the start of this epoch. */
    private static boolean hasReachedEpochStart(Leader leader, FollowerProgress follower) {
        return follower.endOffset() >= leader.epochStartOffset();
    }

    private static boolean isDraining(Broker broker) {
        return broker.draining();
    }

    private Leader advance(Leader leader, List<Effect> effects) {
        long highWatermark = acknowledgedByAll(leader);
        if (highWatermark <= leader.log().highWatermark()) {
            return leader;
        }
        effects.add(new Effect.HighWatermarkAdvanced(highWatermark));
        return withLog(leader, leader.log().withHighWatermark(highWatermark));
    }

    /**
     * The offset below which every in-sync replica has acknowledged. While a proposal is undecided, both the confirmed and
     * the proposed ISR count. With too few in sync, or while the last replicas standing are remembered, nothing more is
     * acknowledged.
     */
    private static long acknowledgedByAll(Leader leader) {
        PartitionState state = leader.view().state();
        if (!enoughInsync(leader.view()) || remembersLastStanding(state)) {
            return FollowerProgress.UNKNOWN;
        }
        return Math.min(acknowledgedBy(leader, state.isr()), acknowledgedBy(leader, proposedIsr(leader)));
    }

    private static boolean remembersLastStanding(PartitionState state) {
        return !state.lastStanding().isEmpty();
    }

    /** The ISR in the store if the undecided proposal is written; without one, the confirmed ISR. */
    private static List<Incarnation> proposedIsr(Leader leader) {
        PartitionState proposal = leader.proposalOrNull();
        return (proposal == null ? leader.view().state() : proposal).isr();
    }

    private static long acknowledgedBy(Leader leader, List<Incarnation> isr) {
        long offset = leader.log().endOffset();
        for (int i = 0; i < isr.size(); i++) {
            offset = Math.min(offset, leader.acknowledgedBy(isr.get(i)));
        }
        return offset;
    }

    private static boolean enoughInsync(PartitionView view) {
        return view.state().isr().size() >= view.minInsync();
    }

    private static List<FollowerProgress> progressOf(PartitionView view, List<FollowerProgress> known, long nowMs) {
        return view.requireAgreed().assignment().replicas().stream()
                .filter(id -> id != view.self().brokerId())
                .map(id -> known.stream()
                        .filter(p -> p.follower().brokerId() == id)
                        .findFirst()
                        .orElseGet(() -> FollowerProgress.unknown(id, nowMs)))
                .toList();
    }

    static Leader withLog(Leader leader, LogView log) {
        return new Leader(leader.view(), log, leader.epochStartOffset(), leader.followers(), leader.proposalOrNull());
    }

    private static Leader withFollowers(Leader leader, List<FollowerProgress> followers) {
        return new Leader(leader.view(), leader.log(), leader.epochStartOffset(), followers, leader.proposalOrNull());
    }

    static Leader withProposal(Leader leader, @Nullable PartitionState proposal) {
        return new Leader(leader.view(), leader.log(), leader.epochStartOffset(), leader.followers(), proposal);
    }
}
