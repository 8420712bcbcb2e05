package io.tailrace.client;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.codec.MalformedMessageException;
import io.tailrace.protocol.message.HeartbeatResponse;
import io.tailrace.protocol.message.JoinGroupResponse;
import io.tailrace.protocol.message.SyncGroupRequest;
import io.tailrace.protocol.message.SyncGroupResponse;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Membership by the classic protocol: the members join a generation, one of them assigns the partitions by range, and the answer
 * to a heartbeat says when the next generation begins. The consumer gives up all partitions before it joins again.
 *
 * <pre>
 * JOIN ──▶ JOINING ──▶ SYNCING ──▶ STABLE ──▶ REVOKING ──▶ JOIN
 *   ▲_________|___________|____________|  (an error; after a lost session by REVOKING)
 * </pre>
 */
final class ClassicMembership implements Membership {
    private enum State {
        /** To join, at {@link #nextMs}. */
        JOIN,
        JOINING,
        SYNCING,
        STABLE,
        /** Waits for the consumer to give up its partitions. */
        REVOKING
    }

    private final ClassicRequests requests;
    private final ConsumerContext context;
    private final MembershipConfig config;
    private final PartitionCounts partitionCounts;

    private List<String> topics = List.of();
    private State state = State.JOIN;
    private String memberId = "";
    private int generation = -1;
    private boolean heartbeatInFlight;
    private long nextMs = Long.MIN_VALUE;
    private int failures;
    private @Nullable Transition pending;
    private @Nullable ClientException failure;
    /** The topics of the last JoinGroup. */
    private List<String> joinedTopics = List.of();
    /** The basis of the assignment that this member has computed, if it leads the generation. */
    private @Nullable AssignedBy assignedBy;

    private long lookAgainMs = Long.MAX_VALUE;
    /** Answers to requests of an earlier membership are ignored. */
    private int membership;

    private record AssignedBy(Set<String> topics, Map<String, Integer> counts) {}

    /** Asks for the number of partitions of topics; those that do not exist are absent. */
    @FunctionalInterface
    interface PartitionCounts {
        CompletableFuture<Map<String, Integer>> of(Collection<String> topics);
    }

    ClassicMembership(Coordinator coordinator, ConsumerContext context, PartitionCounts partitionCounts) {
        this.context = context;
        this.config = context.config().membership();
        this.requests = new ClassicRequests(coordinator, config);
        this.partitionCounts = partitionCounts;
    }

    @Override
    public void subscribe(Collection<String> changed) {
        List<String> sorted = changed.stream().sorted().toList();
        if (!sorted.equals(topics)) {
            topics = sorted;
            if (state == State.STABLE) {
                revoke(false);
            }
        }
    }

    @Override
    public long step(long nowMs) {
        if (failure != null || (topics.isEmpty() && state == State.JOIN)) {
            return Long.MAX_VALUE;
        }
        if (state == State.STABLE && nowMs >= lookAgainMs) {
            lookAgain();
        }
        // A member that is still processing its last records must not be removed.
        boolean heartbeats = state == State.STABLE || (state == State.REVOKING && generation >= 0);
        boolean canSend = state == State.JOIN || (heartbeats && !heartbeatInFlight);
        if (!canSend || nowMs < nextMs) {
            return Math.min(lookAgainMs, canSend ? nextMs : Long.MAX_VALUE);
        }
        if (state == State.JOIN) {
            join();
        } else {
            heartbeat();
        }
        return lookAgainMs;
    }

    private void join() {
        state = State.JOINING;
        joinedTopics = topics;
        lookAgainMs = Long.MAX_VALUE;
        when(requests.join(memberId, topics), JoinGroupResponse::errorCode, (answer, error) -> {
            if (answer != null && error == ErrorCode.NONE) {
                joined(answer);
            } else if (answer != null && error == ErrorCode.MEMBER_ID_REQUIRED) {
                memberId = answer.memberId();
                joinAgain(0);
            } else {
                failed(error);
            }
        });
    }

    private void joined(JoinGroupResponse answer) {
        state = State.SYNCING;
        assignedBy = null;
        memberId = answer.memberId();
        generation = answer.generationId();
        if (!answer.leader().equals(memberId)) {
            sync(List.of());
            return;
        }
        List<RangeAssignment.Member> members = new ArrayList<>();
        Set<String> subscribed = new TreeSet<>();
        for (JoinGroupResponse.Member member : answer.members()) {
            Set<String> wanted = ClassicFormats.topics(member);
            subscribed.addAll(wanted);
            members.add(new RangeAssignment.Member(
                    member.memberId(), Optional.ofNullable(member.groupInstanceId()), wanted));
        }
        when(partitionCounts.of(subscribed), counts -> ErrorCode.NONE, (counts, error) -> {
            if (counts == null) {
                failed(error);
            } else {
                assignedBy = new AssignedBy(subscribed, counts);
                sync(ClassicFormats.assignments(RangeAssignment.of(members, counts)));
            }
        });
    }

    private void sync(List<SyncGroupRequest.Assignment> assignments) {
        when(requests.sync(memberId, generation, assignments), SyncGroupResponse::errorCode, (answer, error) -> {
            if (answer != null && error == ErrorCode.NONE) {
                synced(answer);
            } else {
                failed(error);
            }
        });
    }

    private void synced(SyncGroupResponse answer) {
        Set<TopicPartition> target;
        try {
            target = ClassicFormats.partitions(answer.assignment());
        } catch (MalformedMessageException e) {
            failure = new ClientException(
                    ErrorCode.INCONSISTENT_GROUP_PROTOCOL,
                    "group " + requests.group() + ": the leader's assignment cannot be read: " + e.getMessage(),
                    e);
            return;
        }
        failures = 0;
        if (!joinedTopics.equals(topics)) {
            joinAgain(0); // The subscription has changed since. Nothing is owned yet.
            return;
        }
        state = State.STABLE;
        expectNews();
        nextMs = time().elapsedMs() + config.heartbeatIntervalMs();
        pending = new Transition(target, false);
    }

    private void heartbeat() {
        heartbeatInFlight = true;
        int sent = generation;
        when(requests.heartbeat(memberId, generation), HeartbeatResponse::errorCode, (answer, error) -> {
            heartbeatInFlight = false;
            if (sent != generation) {
                return;
            }
            if (state == State.STABLE) {
                heartbeatAnswered(error);
            } else if (state == State.REVOKING) {
                answeredWhileRevoking(error);
            }
        });
    }

    private void answeredWhileRevoking(ErrorCode error) {
        nextMs = time().elapsedMs() + config.heartbeatIntervalMs();
        if (error == ErrorCode.UNKNOWN_MEMBER_ID || error == ErrorCode.ILLEGAL_GENERATION) {
            memberId = error == ErrorCode.UNKNOWN_MEMBER_ID ? "" : memberId;
            generation = -1;
            revoke(true);
        }
    }

    /** The leader looks for new partitions of the topics that it has assigned, as often as metadata is due. */
    private void expectNews() {
        lookAgainMs = assignedBy == null
                ? Long.MAX_VALUE
                : time().elapsedMs() + context.config().client().metadataMaxAgeMs();
    }

    private void lookAgain() {
        AssignedBy known = Objects.requireNonNull(assignedBy);
        lookAgainMs = Long.MAX_VALUE;
        when(partitionCounts.of(known.topics()), counts -> ErrorCode.NONE, (counts, error) -> {
            if (state != State.STABLE || !known.equals(assignedBy)) {
                return;
            }
            if (counts != null && !counts.equals(known.counts())) {
                revoke(false);
            } else {
                expectNews();
            }
        });
    }

    private Time time() {
        return context.time();
    }

    private void heartbeatAnswered(ErrorCode error) {
        switch (error) {
            case NONE -> {
                failures = 0;
                nextMs = time().elapsedMs() + config.heartbeatIntervalMs();
            }
            case REBALANCE_IN_PROGRESS -> revoke(false);
            default -> failed(error);
        }
    }

    /** Handles an answer and its error, or the error of a failure, unless the consumer has left in the meantime. */
    private <A> void when(
            CompletableFuture<A> request, Function<A, ErrorCode> errorOf, BiConsumer<@Nullable A, ErrorCode> handler) {
        int asked = membership;
        context.completions().whenComplete(request, (answer, cause) -> {
            synchronized (context.assignment()) {
                if (asked == membership) {
                    handler.accept(
                            answer,
                            answer == null ? Retry.errorOf(Objects.requireNonNull(cause)) : errorOf.apply(answer));
                    context.assignment().notifyAll();
                }
            }
        });
    }

    private void failed(ErrorCode error) {
        switch (error) {
            case UNKNOWN_MEMBER_ID -> {
                memberId = "";
                generation = -1;
                lose();
            }
            case ILLEGAL_GENERATION -> {
                generation = -1;
                lose();
            }
            case REBALANCE_IN_PROGRESS -> joinAgain(context.backoff().pauseMs(1));
            default -> {
                if (!error.retriable()) {
                    failure = new ClientException(error, "group " + requests.group() + ": " + error);
                } else if (state == State.STABLE) {
                    failures++;
                    nextMs = time().elapsedMs() + context.backoff().pauseMs(failures);
                } else {
                    failures++;
                    joinAgain(context.backoff().pauseMs(failures));
                }
            }
        }
    }

    private void joinAgain(long pauseMs) {
        state = State.JOIN;
        nextMs = time().elapsedMs() + pauseMs;
    }

    private void lose() {
        if (state == State.STABLE) {
            revoke(true);
        } else {
            joinAgain(0);
        }
    }

    private void revoke(boolean isLost) {
        state = State.REVOKING;
        assignedBy = null;
        lookAgainMs = Long.MAX_VALUE;
        pending = new Transition(Set.of(), isLost);
        context.assignment().notifyAll();
    }

    @Override
    public @Nullable Transition pending() {
        return pending;
    }

    @Override
    public void completed(Transition transition) {
        if (!transition.equals(pending)) {
            return;
        }
        pending = null;
        if (state == State.REVOKING) {
            joinAgain(0);
        }
        context.completions().wake();
    }

    @Override
    public MemberIdentity identity() {
        return new MemberIdentity(memberId, generation, config.instanceId());
    }

    @Override
    public @Nullable ClientException failure() {
        return failure;
    }

    /** A static member does not leave, because it may come back; if it does not, its session times out. */
    @Override
    public CompletableFuture<Boolean> leave() {
        membership++;
        heartbeatInFlight = false;
        CompletableFuture<Boolean> left = CompletableFuture.completedFuture(true);
        if (!memberId.isEmpty() && config.instanceId().isEmpty()) {
            left = requests.leave(memberId);
            memberId = "";
        }
        generation = -1;
        revoke(true);
        return left;
    }
}
