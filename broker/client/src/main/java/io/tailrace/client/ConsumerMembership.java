package io.tailrace.client;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatRequest;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatResponse;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Membership by the consumer protocol (KIP-848): one kind of heartbeat joins, reports the partitions that the consumer reads, and
 * brings those that it should read. One heartbeat is in flight at most.
 *
 * <p>A heartbeat whose answer is lost may have been handled, so the next one is a full heartbeat.
 */
final class ConsumerMembership implements Membership {
    private final Coordinator coordinator;
    private final ConsumerContext context;
    private final MembershipConfig config;
    private final TopicIds topicIds;
    private final String memberId = UUID.randomUUID().toString();

    private List<String> topics = List.of();
    private int epoch = ConsumerGroupHeartbeatRequest.JOIN_EPOCH;
    private boolean inFlight;
    /** Whether the next heartbeat is a full one, because the coordinator may not have the last. */
    private boolean isFullDue = true;

    private boolean isReportDue;
    private long nextMs = Long.MIN_VALUE;
    private int failures;
    /** The partitions that the consumer reads, as far as it has completed transitions. */
    private Set<TopicPartition> owned = Set.of();
    /** The assignment as it was received, until its topics have names. */
    private @Nullable Map<UUID, List<Integer>> unnamed;

    /** Answers to heartbeats of an earlier membership are ignored. */
    private int membership;

    private @Nullable Transition pending;
    private @Nullable ClientException failure;

    ConsumerMembership(Coordinator coordinator, ConsumerContext context, TopicIds topicIds) {
        this.coordinator = coordinator;
        this.context = context;
        this.config = context.config().membership();
        this.topicIds = topicIds;
    }

    @Override
    public void subscribe(Collection<String> changed) {
        List<String> sorted = changed.stream().sorted().toList();
        if (!sorted.equals(topics)) {
            topics = sorted;
            isFullDue = true;
            nextMs = Long.MIN_VALUE;
        }
    }

    @Override
    public long step(long nowMs) {
        nameAssignment(nowMs);
        boolean waitsForConsumer = pending != null && pending.isLost();
        boolean hasNothingToJoin = topics.isEmpty() && epoch == ConsumerGroupHeartbeatRequest.JOIN_EPOCH;
        if (failure != null || inFlight || hasNothingToJoin || waitsForConsumer) {
            return Long.MAX_VALUE;
        }
        if (nowMs < nextMs && !(isReportDue && failures == 0)) {
            return Math.min(nextMs, topicIds.nextMs());
        }
        inFlight = true;
        isReportDue = false;
        int asked = membership;
        context.completions()
                .whenComplete(
                        coordinator.ask(request(), this::coordinatorChecked),
                        (answer, cause) -> answered(asked, answer, cause));
        isFullDue = false;
        return Long.MAX_VALUE;
    }

    private ConsumerGroupHeartbeatRequest request() {
        boolean isJoin = epoch == ConsumerGroupHeartbeatRequest.JOIN_EPOCH;
        boolean isFull = isFullDue || isJoin;
        return new ConsumerGroupHeartbeatRequest(
                coordinator.key(),
                memberId,
                epoch,
                config.instanceId().orElse(null),
                isFull ? config.rack().orElse(null) : null,
                isFull ? config.pollIntervalMsMax() : -1,
                isFull ? topics : null,
                null,
                isFull ? config.assignor().orElse(null) : null,
                isJoin ? List.of() : ownedByTopic());
    }

    /** Part of every heartbeat but the first, so that a report that was lost is repeated. */
    private List<ConsumerGroupHeartbeatRequest.TopicPartitions> ownedByTopic() {
        Map<UUID, List<Integer>> byTopic = new TreeMap<>();
        for (TopicPartition partition : owned) {
            topicIds.idOf(partition.topic()).ifPresent(id -> byTopic.computeIfAbsent(id, first -> new ArrayList<>())
                    .add(partition.partition()));
        }
        List<ConsumerGroupHeartbeatRequest.TopicPartitions> partitions = new ArrayList<>();
        byTopic.forEach(
                (id, indexes) -> partitions.add(new ConsumerGroupHeartbeatRequest.TopicPartitions(id, indexes)));
        return partitions;
    }

    /** After these errors another broker may be the coordinator. */
    private ConsumerGroupHeartbeatResponse coordinatorChecked(ConsumerGroupHeartbeatResponse answer) {
        if (answer.errorCode().retriable()) {
            coordinator.check(answer.errorCode(), "heartbeat");
        }
        return answer;
    }

    private void answered(int asked, @Nullable ConsumerGroupHeartbeatResponse answer, @Nullable Throwable cause) {
        synchronized (context.assignment()) {
            if (asked != membership) {
                return; // It has left meanwhile.
            }
            inFlight = false;
            long nowMs = context.time().elapsedMs();
            ErrorCode error = answer == null ? Retry.errorOf(Objects.requireNonNull(cause)) : answer.errorCode();
            if (answer != null && error == ErrorCode.NONE) {
                accepted(answer, nowMs);
            } else if (error == ErrorCode.FENCED_MEMBER_EPOCH || error == ErrorCode.UNKNOWN_MEMBER_ID) {
                lose();
            } else if (error.retriable() || error == ErrorCode.UNRELEASED_INSTANCE_ID) {
                isFullDue = true;
                failures++;
                nextMs = nowMs + context.backoff().pauseMs(failures);
            } else {
                String message = answer == null ? String.valueOf(cause) : answer.errorMessage();
                failure = new ClientException(error, "group " + coordinator.key() + ": " + error + ", " + message);
            }
            context.assignment().notifyAll();
        }
    }

    private void accepted(ConsumerGroupHeartbeatResponse answer, long nowMs) {
        failures = 0;
        epoch = answer.memberEpoch();
        nextMs = nowMs + answer.heartbeatIntervalMs();
        ConsumerGroupHeartbeatResponse.Assignment assigned = answer.assignment();
        if (assigned != null) {
            Map<UUID, List<Integer>> received = new HashMap<>();
            assigned.topicPartitions().forEach(topic -> received.put(topic.topicId(), topic.partitions()));
            unnamed = received;
            nameAssignment(nowMs);
        }
    }

    private void nameAssignment(long nowMs) {
        Map<UUID, List<Integer>> received = unnamed;
        if (received == null) {
            return;
        }
        Optional<Map<UUID, String>> names = topicIds.namesOf(received.keySet(), nowMs);
        if (names.isEmpty()) {
            return;
        }
        Set<TopicPartition> target = new TreeSet<>();
        received.forEach((id, indexes) -> {
            String topic = names.get().get(id);
            if (topic != null) {
                indexes.forEach(index -> target.add(new TopicPartition(topic, index)));
            }
        });
        if (names.get().keySet().containsAll(received.keySet())) {
            unnamed = null;
        }
        Transition last = pending;
        if (!target.equals(last == null ? owned : last.target())) {
            pending = new Transition(target, false);
            context.assignment().notifyAll();
        }
    }

    /** Keeps the ids of topics that are owned or assigned, so that topics that come and go take no memory. */
    private void forgetTopics() {
        Set<String> used = new TreeSet<>();
        owned.forEach(partition -> used.add(partition.topic()));
        Transition next = pending;
        if (next != null) {
            next.target().forEach(partition -> used.add(partition.topic()));
        }
        Map<UUID, List<Integer>> received = unnamed;
        topicIds.retain(received == null ? Set.of() : received.keySet(), used);
    }

    private void lose() {
        epoch = ConsumerGroupHeartbeatRequest.JOIN_EPOCH;
        isFullDue = true;
        unnamed = null;
        nextMs = Long.MIN_VALUE;
        pending = new Transition(Set.of(), true);
    }

    @Override
    public @Nullable Transition pending() {
        return pending;
    }

    @Override
    public void completed(Transition transition) {
        owned = transition.target();
        isReportDue = true;
        if (transition.equals(pending)) {
            pending = null;
        }
        forgetTopics();
        context.completions().wake();
    }

    @Override
    public MemberIdentity identity() {
        return new MemberIdentity(memberId, epoch, config.instanceId());
    }

    @Override
    public @Nullable ClientException failure() {
        return failure;
    }

    @Override
    public CompletableFuture<Boolean> leave() {
        CompletableFuture<Boolean> left = CompletableFuture.completedFuture(true);
        if (epoch != ConsumerGroupHeartbeatRequest.JOIN_EPOCH || inFlight) {
            epoch = config.instanceId().isPresent()
                    ? ConsumerGroupHeartbeatRequest.LEAVE_STATIC_EPOCH
                    : ConsumerGroupHeartbeatRequest.LEAVE_EPOCH;
            left = coordinator.ask(request(), answer -> true);
        }
        membership++;
        inFlight = false;
        lose();
        return left;
    }
}
