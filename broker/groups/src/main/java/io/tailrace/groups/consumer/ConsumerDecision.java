package io.tailrace.groups.consumer;

import io.tailrace.groups.Assignment;
import io.tailrace.groups.ClusterSnapshot;
import io.tailrace.groups.ConsumerGroup;
import io.tailrace.groups.ConsumerGroupVolatile;
import io.tailrace.groups.ConsumerMember;
import io.tailrace.groups.ConsumerSettings;
import io.tailrace.groups.GroupsShard;
import io.tailrace.groups.MemberAssignment;
import io.tailrace.groups.MemberState;
import io.tailrace.protocol.group.ConsumerGroupMemberMetadataValue;
import io.tailrace.protocol.group.ConsumerGroupMemberMetadataValue.ClassicMemberMetadata;
import io.tailrace.shard.Decision;
import io.tailrace.shard.Ticket;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Builds a decision about one group of the consumer protocol: the {@link GroupDraft} and everything else that happens. Not
 * thread-safe.
 */
final class ConsumerDecision {
    /** The minimum time between two matches of patterns against the names of all topics. */
    private static final long MATCH_INTERVAL_MS_MIN = 10_000;

    private final GroupsShard state;
    private final GroupDraft draft;
    private final long nowMs;
    private final Decision.Builder<GroupsShard> first = new Decision.Builder<>();
    private final Decision.Builder<GroupsShard> rest = new Decision.Builder<>();

    ConsumerDecision(GroupsShard state, GroupDraft draft, long nowMs) {
        this.state = state;
        this.draft = draft;
        this.nowMs = nowMs;
    }

    GroupDraft draft() {
        return draft;
    }

    GroupsShard state() {
        return state;
    }

    ConsumerSettings settings() {
        return state.settings().consumer();
    }

    ConsumerSettings.Timing timing() {
        return settings().timing(draft.groupId());
    }

    ClusterSnapshot cluster() {
        return state.cluster();
    }

    long nowMs() {
        return nowMs;
    }

    /** Another decision happens before the group changes. */
    void startWith(Decision<GroupsShard> other) {
        first.add(other);
    }

    <A> void reply(Ticket<A> ticket, A answer) {
        rest.reply(ticket, answer);
    }

    /** Changes the unstored state of the group, after the records. */
    void change(Consumer<ConsumerGroupVolatile> change) {
        String groupId = draft.groupId();
        rest.change(shard -> {
            if (shard.groups().get(groupId) instanceof ConsumerGroup group) {
                change.accept(group.unstored());
            }
        });
    }

    /** A member has been heard from: restarts its session timeout. */
    void expectHeartbeat(ConsumerMember member) {
        ClassicMemberMetadata classic = member.metadata().classicMemberMetadata();
        int timeoutMs = classic == null ? timing().sessionTimeoutMs() : classic.sessionTimeoutMs();
        rest.renew(new MemberSessionTimeout(draft.groupId(), member.id()), nowMs + timeoutMs);
    }

    /** A member of the classic protocol must join again within its rebalance timeout. */
    void expectJoin(ConsumerMember member) {
        rest.start(
                new RejoinTimeout(draft.groupId(), member.id()),
                nowMs + member.metadata().rebalanceTimeoutMs());
    }

    /**
     * Takes a member as far as is possible now: updates the group's topics, its epoch and the target assignment, and gives the
     * member what it may have.
     *
     * @param member the member as the request leaves it
     * @param before its subscription before the request; null if it is new
     * @param owned the partitions that it reports to have; null if it reports none
     * @return the member afterwards
     */
    ConsumerMember advance(
            ConsumerMember member, @Nullable ConsumerGroupMemberMetadataValue before, @Nullable Assignment owned) {
        draft.put(member);
        String regex = member.metadata().subscribedTopicRegex();
        if (regex != null) {
            TopicPatterns.add(draft, regex, cluster(), nowMs);
        }
        boolean subscriptionChanged = before == null || !isSameSubscription(before, member.metadata());
        if (before != null && !Objects.equals(before.subscribedTopicRegex(), regex)) {
            TopicPatterns.removeUnused(draft, before.subscribedTopicRegex());
        }
        if (subscriptionChanged) {
            draft.startEpoch();
        }
        followTopics(subscriptionChanged);
        if (draft.epoch() > draft.targetEpoch()) {
            TargetAssignment.update(
                    draft, new SubscribedTopics(draft, cluster()), settings().assignors());
        }
        ConsumerMember advanced = member.with(Reconciliation.of(draft, member, owned));
        draft.put(advanced);
        return advanced;
    }

    /** Whether both lead to the same target assignment. */
    private static boolean isSameSubscription(
            ConsumerGroupMemberMetadataValue one, ConsumerGroupMemberMetadataValue other) {
        return one.subscribedTopicNames().equals(other.subscribedTopicNames())
                && Objects.equals(one.subscribedTopicRegex(), other.subscribedTopicRegex())
                && Objects.equals(one.rackId(), other.rackId())
                && Objects.equals(one.serverAssignor(), other.serverAssignor());
    }

    /** Starts an epoch if the topics have changed since the group last looked. */
    private void followTopics(boolean subscriptionChanged) {
        ConsumerGroupVolatile unstored = draft.base().unstored();
        long version = cluster().version();
        boolean matches = !draft.patterns().isEmpty()
                && unstored.isMatchDue(
                        version, nowMs, MATCH_INTERVAL_MS_MIN, settings().regexRefreshMs());
        if (matches) {
            TopicPatterns.refresh(draft, cluster(), nowMs);
            change(group -> group.matched(version, nowMs));
        }
        if (!subscriptionChanged && !matches && unstored.isChecked(version)) {
            return;
        }
        long hash = new SubscribedTopics(draft, cluster()).hash();
        if (hash != draft.topicsHash()) {
            draft.setTopicsHash(hash);
            draft.startEpoch();
        }
        if (!unstored.isChecked(version)) {
            change(group -> group.checked(version));
        }
    }

    /** The whole decision if the group ends: its records are removed, and another decision follows. */
    Decision<GroupsShard> end(Decision<GroupsShard> successor) {
        draft.base().tombstones().forEach(first::append);
        for (String id : draft.base().members().keySet()) {
            rest.stop(new MemberSessionTimeout(draft.groupId(), id));
            rest.stop(new RevocationTimeout(draft.groupId(), id));
        }
        return first.add(rest.build()).add(successor).build();
    }

    /** The whole decision. */
    Decision<GroupsShard> build() {
        DraftRecords.of(draft, nowMs).forEach(first::append);
        draft.changedMembers().forEach(this::moveTimers);
        return first.add(rest.build()).build();
    }

    private void moveTimers(String memberId, Optional<ConsumerMember> after) {
        ConsumerMember member = draft.base().member(memberId);
        MemberAssignment before = member == null ? MemberAssignment.NEW : member.current();
        boolean revoked = before.state() == MemberState.UNREVOKED_PARTITIONS;
        boolean revokes = after.isPresent() && after.get().current().state() == MemberState.UNREVOKED_PARTITIONS;
        RevocationTimeout revocation = new RevocationTimeout(draft.groupId(), memberId);
        if (after.isEmpty()) {
            rest.stop(new MemberSessionTimeout(draft.groupId(), memberId));
        }
        if (revokes && !before.equals(after.get().current())) {
            rest.start(revocation, nowMs + after.get().metadata().rebalanceTimeoutMs());
        } else if (revoked && !revokes) {
            rest.stop(revocation);
        }
    }
}
