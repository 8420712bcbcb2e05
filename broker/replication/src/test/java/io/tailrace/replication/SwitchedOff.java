package io.tailrace.replication;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.replication.cluster.Broker;
import io.tailrace.replication.cluster.ClusterImage;
import io.tailrace.replication.cluster.Incarnation;
import io.tailrace.replication.cluster.PartitionState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.bytebuddy.implementation.bind.annotation.Argument;
import net.bytebuddy.implementation.bind.annotation.FieldValue;
import net.bytebuddy.implementation.bind.annotation.This;
import org.jspecify.annotations.Nullable;

/**
 * What is done instead of a rule that is switched off, where that is more than to say yes or no. Each method stands in for
 * the one of its name, in a class loader that {@link io.tailrace.replication.simulation.RuleSwitch} makes.
 */
public final class SwitchedOff {
    private SwitchedOff() {}

    /** A follower cuts its log to its own high watermark before it asks. */
    public static Transition startFollowing(PartitionView view, LogView log, List<Effect> effects) {
        LogView cut = log.truncate(log.highWatermark());
        effects.add(new Effect.TruncateTo(cut.endOffset()));
        PartitionState state = view.state();
        effects.add(new Effect.StartFetching(state.leader(), state.leaderEpoch()));
        return new Transition(new Follower(view, cut), effects);
    }

    /** A leader answers whatever leader epoch the request expects. */
    public static Leadership leadershipIn(@This Replica replica, @Argument(0) int currentLeaderEpoch) {
        return replica.leadership();
    }

    /** A write that is not known to have happened is taken for one that did not. */
    public static Transition undecided(Leader leader, int expectedVersion) {
        PartitionState proposal = leader.proposalOrNull();
        return Transition.to(
                proposal != null && proposal.version() == expectedVersion
                        ? LeaderRules.withProposal(leader, null)
                        : leader);
    }

    /** Only the ISR that is confirmed acknowledges. */
    public static List<Incarnation> proposedIsr(Leader leader) {
        return leader.view().state().isr();
    }

    /** A fetch counts for whichever life of the broker is registered. */
    public static FollowerFetch asTold(@FieldValue("role") Replica role, @Argument(0) FollowerFetch fetch) {
        int id = fetch.follower().brokerId();
        Broker registered = role.view().brokers().get(id);
        return new FollowerFetch(
                new Incarnation(id, registered == null ? Broker.NONE : registered.epoch()),
                fetch.currentLeaderEpoch(),
                fetch.fetchOffset(),
                fetch.lastFetchedEpoch());
    }

    /** What only the leader is to have is acknowledged unseen. */
    public static boolean appendsFirst(int acks) {
        return acks != 1;
    }

    /** A broker's id is enough to keep its place. */
    public static boolean continues(@This Broker broker, @Argument(0) Incarnation member) {
        return member.brokerId() == broker.id();
    }

    /** A leader gives its high watermark as the latest offset from the first moment on. */
    public static Optional<Long> latestOffset(@This Leader leader) {
        return Optional.of(leader.log().highWatermark());
    }

    /** A leader takes what too few would acknowledge. */
    public static ErrorCode appendable(boolean allInsync) {
        return ErrorCode.NONE;
    }

    /** Nobody is remembered who leaves the ISR. */
    public static List<Incarnation> completeWithout(List<Incarnation> newIsr) {
        return List.of();
    }

    /** A consumer reads to the end of the log. */
    public static FetchVerdict consumerFetch(@This Leader leader, @Argument(0) long fetchOffset) {
        LogView log = leader.log();
        return fetchOffset < log.startOffset() || fetchOffset > log.endOffset()
                ? new FetchVerdict.Refused(ErrorCode.OFFSET_OUT_OF_RANGE)
                : new FetchVerdict.Read(log.endOffset());
    }

    /** A leader need not be in sync before it is elected. */
    public static PartitionState led(
            @FieldValue("image") ClusterImage image,
            @FieldValue("controllerEpoch") int controllerEpoch,
            @Argument(0) PartitionState state,
            @Argument(1) int leader) {
        List<Incarnation> isr = new ArrayList<>(state.isr());
        @Nullable Broker elected = image.brokers().get(leader);
        if (elected != null && !isr.contains(elected.incarnation())) {
            isr.removeIf(member -> member.brokerId() == leader);
            isr.add(elected.incarnation());
        }
        return new PartitionState(
                leader, state.leaderEpoch() + 1, isr, state.lastStanding(), leader, controllerEpoch, state.version());
    }
}
