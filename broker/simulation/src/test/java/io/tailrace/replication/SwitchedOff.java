package io.tailrace.replication;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.replication.cluster.Broker;
import io.tailrace.replication.cluster.ClusterImage;
import io.tailrace.replication.cluster.Incarnation;
import io.tailrace.replication.cluster.PartitionState;
import io.tailrace.server.partition.Partition;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.bytebuddy.implementation.bind.annotation.Argument;
import net.bytebuddy.implementation.bind.annotation.FieldValue;
import net.bytebuddy.implementation.bind.annotation.This;
import org.jspecify.annotations.Nullable;

/**
 * The bodies of rules that are switched off, where a constant is not enough. Each method replaces the one of its name, in the
 * class loader of {@link io.tailrace.simulation.RuleSwitch}.
 */
public final class SwitchedOff {
    private SwitchedOff() {}

    /** A follower truncates its log to its own high watermark before it fetches. */
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

    /** A write with an unknown outcome counts as not done. */
    public static Transition undecided(Leader leader, int expectedVersion) {
        PartitionState proposal = leader.proposalOrNull();
        return Transition.to(
                proposal != null && proposal.version() == expectedVersion
                        ? LeaderRules.withProposal(leader, null)
                        : leader);
    }

    /** Only the confirmed ISR counts. */
    public static List<Incarnation> proposedIsr(Leader leader) {
        return leader.view().state().isr();
    }

    /** A fetch counts for whichever incarnation of the broker is registered. */
    public static FollowerFetch asSent(@FieldValue("partition") Partition partition, @Argument(0) FollowerFetch fetch) {
        int id = fetch.follower().brokerId();
        Broker registered = partition.replica().view().brokers().get(id);
        return new FollowerFetch(
                new Incarnation(id, registered == null ? Broker.NONE : registered.epoch()),
                fetch.currentLeaderEpoch(),
                fetch.fetchOffset(),
                fetch.lastFetchedEpoch(),
                fetch.logStartOffset());
    }

    /** A produce with {@code acks=1} is acknowledged without an append. */
    public static boolean appendsFirst(int acks) {
        return acks != 1;
    }

    /** A broker's id is enough to keep its memberships. */
    public static boolean continues(@This Broker broker, @Argument(0) Incarnation member) {
        return member.brokerId() == broker.id();
    }

    /** A leader answers its high watermark as the latest offset from the start. */
    public static Optional<Long> latestOffset(@This Leader leader) {
        return Optional.of(leader.log().highWatermark());
    }

    /** A leader appends although too few replicas are in sync. */
    public static ErrorCode appendable(boolean allInsync) {
        return ErrorCode.NONE;
    }

    /** Members that leave the ISR are not remembered. */
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

    /** A consumer reads to the end of the log of a leader that lost its session. */
    public static FetchVerdict committedRead(
            @This Replica replica, @Argument(0) long fetchOffset, @Argument(1) int currentLeaderEpoch) {
        LogView log = replica.log();
        boolean inLog = fetchOffset >= log.startOffset() && fetchOffset <= log.endOffset();
        return inLog && replica.isLastKnownLeader()
                ? new FetchVerdict.Read(log.endOffset())
                : new FetchVerdict.Refused(ErrorCode.NOT_LEADER_OR_FOLLOWER);
    }

    /** A replica is elected without being in sync. */
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
