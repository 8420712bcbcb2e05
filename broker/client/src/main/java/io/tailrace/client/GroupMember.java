package io.tailrace.client;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import java.util.Collection;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The group side of a consumer that subscribes: keeps its membership and makes the changes that the group decides. Guarded by the
 * {@link Assignment}'s monitor, except {@link #reconcile}, which is for the polling thread.
 */
final class GroupMember {
    /** After these the group can only be joined by the classic protocol. */
    private static final Set<ErrorCode> NO_CONSUMER_PROTOCOL =
            Set.of(ErrorCode.UNSUPPORTED_VERSION, ErrorCode.GROUP_ID_NOT_FOUND);

    private final MembershipConfig config;
    private final Assignment assignment;
    private final SubscribedTopics subscribed;
    private final Memberships memberships;
    private final OffsetSink offsets;
    private RebalanceListener listener = RebalanceListener.NONE;
    private @Nullable Membership membership;
    private boolean isSubscribed;
    private boolean isPolling;
    /** Whether it has left because it did not poll; the next poll joins again. */
    private boolean isIdle;

    private long polledMs;
    private long committedMs;
    /** Completes when the coordinator has answered the request to leave. */
    private CompletableFuture<Boolean> left = CompletableFuture.completedFuture(true);

    /** Commits offsets (exclusive) under the consumer's current identity. */
    interface OffsetSink {
        /** Waits for the answer. */
        void commit(Map<TopicPartition, Long> offsets);

        /** Does not wait. After a failure the next commit covers these offsets too. */
        void commitLater(Map<TopicPartition, Long> offsets);
    }

    GroupMember(ConsumerContext context, Memberships memberships, OffsetSink offsets) {
        this.config = context.config().membership();
        this.assignment = context.assignment();
        this.subscribed = new SubscribedTopics(context);
        this.memberships = memberships;
        this.offsets = offsets;
    }

    void subscribe(Collection<String> topics, RebalanceListener rebalanceListener, long nowMs) {
        subscribed.set(topics);
        subscribe(rebalanceListener, nowMs);
    }

    void subscribe(Pattern topics, RebalanceListener rebalanceListener, long nowMs) {
        subscribed.set(topics);
        subscribe(rebalanceListener, nowMs);
    }

    private void subscribe(RebalanceListener rebalanceListener, long nowMs) {
        listener = rebalanceListener;
        polledMs = nowMs;
        committedMs = nowMs;
        if (!isSubscribed) {
            isSubscribed = true;
            isIdle = false;
            membership = config.protocol() == GroupProtocol.CLASSIC ? memberships.classic() : memberships.consumer();
        }
    }

    boolean isSubscribed() {
        return isSubscribed;
    }

    /** The identity to commit under. */
    MemberIdentity identity() {
        return membership == null ? MemberIdentity.NONE : membership.identity();
    }

    /** Sends the requests that are due. Returns the time by which to call again. */
    long step(long nowMs) {
        Membership current = membership;
        if (current == null || isIdle) {
            return Long.MAX_VALUE;
        }
        long pollByMs = isPolling ? Long.MAX_VALUE : polledMs + config.pollIntervalMsMax();
        if (nowMs >= pollByMs) {
            isIdle = true;
            left = current.leave();
            return Long.MAX_VALUE;
        }
        long nextMs = Math.min(pollByMs, subscribed.step(nowMs));
        current.subscribe(subscribed.topics());
        nextMs = Math.min(nextMs, current.step(nowMs));
        ClientException failure = current.failure();
        boolean isUnsupported = failure != null && NO_CONSUMER_PROTOCOL.contains(failure.errorCode());
        if (isUnsupported && config.protocol() == GroupProtocol.AUTO && current instanceof ConsumerMembership) {
            membership = memberships.classic();
            return nowMs;
        }
        return nextMs;
    }

    /** A poll begins: the consumer is alive. */
    void pollBegins(long nowMs) {
        isPolling = true;
        isIdle = false;
        polledMs = nowMs;
        OptionalInt intervalMs = config.autoCommitIntervalMs();
        if (isSubscribed && intervalMs.isPresent() && nowMs - committedMs >= intervalMs.getAsInt()) {
            committedMs = nowMs;
            Map<TopicPartition, Long> positions = positions(assignment.partitions());
            if (!positions.isEmpty()) {
                offsets.commitLater(positions);
            }
        }
    }

    void pollEnds(long nowMs) {
        isPolling = false;
        polledMs = nowMs;
    }

    /** The membership's failure, or null. */
    @Nullable
    ClientException failure() {
        return membership == null ? null : membership.failure();
    }

    /** Whether {@link #reconcile} has something to do. */
    boolean mustReconcile() {
        return membership != null && membership.pending() != null;
    }

    /** Makes the changes that the group has decided. Holds no monitor while it commits and calls the listener. */
    void reconcile() {
        Membership current;
        Membership.Transition transition;
        Set<TopicPartition> before;
        synchronized (assignment) {
            current = membership;
            transition = current == null ? null : current.pending();
            before = assignment.partitions();
        }
        if (current == null || transition == null) {
            return;
        }
        Set<TopicPartition> removed = new TreeSet<>(before);
        removed.removeAll(transition.target());
        giveUp(removed, transition.isLost());
        Set<TopicPartition> added = new TreeSet<>(transition.target());
        added.removeAll(before);
        synchronized (assignment) {
            assignment.replace(transition.target());
            current.completed(transition);
        }
        if (!added.isEmpty()) {
            listener.assigned(added);
        }
    }

    private void giveUp(Set<TopicPartition> removed, boolean areLost) {
        if (removed.isEmpty()) {
            return;
        }
        if (areLost) {
            listener.lost(removed);
            return;
        }
        commitPositions(removed);
        listener.revoked(removed);
    }

    private void commitPositions(Set<TopicPartition> partitions) {
        if (config.autoCommitIntervalMs().isEmpty()) {
            return;
        }
        Map<TopicPartition, Long> positions;
        synchronized (assignment) {
            positions = positions(partitions);
        }
        if (!positions.isEmpty()) {
            try {
                offsets.commit(positions);
            } catch (ClientException ignored) {
                // The next owner starts at an earlier offset: it reads some records again and misses none.
            }
        }
    }

    private Map<TopicPartition, Long> positions(Set<TopicPartition> partitions) {
        Map<TopicPartition, Long> positions = new TreeMap<>();
        for (TopicPartition partition : partitions) {
            AssignedPartition state = assignment.state(partition);
            if (state != null && state.hasPosition()) {
                positions.put(partition, state.position());
            }
        }
        return positions;
    }

    /**
     * Gives up all partitions, and leaves the group. For the thread that polls.
     *
     * @return completes when the coordinator has answered, exceptionally if it does not
     */
    CompletableFuture<Boolean> unsubscribe() {
        Membership current;
        Set<TopicPartition> owned;
        boolean isLost;
        synchronized (assignment) {
            current = membership;
            owned = assignment.partitions();
            Membership.Transition pending = current == null ? null : current.pending();
            isLost = pending != null && pending.isLost();
        }
        if (current == null) {
            return left;
        }
        try {
            giveUp(owned, isLost);
        } finally {
            synchronized (assignment) {
                left = current.leave();
                membership = null;
                isSubscribed = false;
                assignment.replace(Set.of());
            }
        }
        return left;
    }
}
