package io.tailrace.systemtests;

import static org.awaitility.Awaitility.await;

import io.tailrace.protocol.TopicPartition;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.KafkaFuture;

/** Watches groups that read the same partitions: a thread asks for their committed offsets again and again. */
final class GroupWatch implements AutoCloseable {
    private static final Duration PROGRESS_MAX = Duration.ofSeconds(90);
    private static final Duration POLL_INTERVAL = Duration.ofMillis(500);
    private static final long NONE = -1;

    private final List<TopicPartition> partitions;
    private final GroupHistories histories;
    private final Admin admin;
    private final CompletableFuture<Void> watching;
    private volatile boolean closed;

    /**
     * Starts watching.
     *
     * @param histories of the groups; get the committed offsets that the coordinators answer with
     * @param partitions all that the groups read
     */
    GroupWatch(KafkaClients theirs, GroupHistories histories, List<TopicPartition> partitions) {
        this.partitions = partitions;
        this.histories = histories;
        this.admin = theirs.admin(Map.of("request.timeout.ms", 10_000, "default.api.timeout.ms", 10_000));
        this.watching = CompletableFuture.runAsync(this::run, task -> new Thread(task, "watch").start());
    }

    private void run() {
        while (!closed) {
            for (String group : histories.groups()) {
                try {
                    Map<TopicPartition, Long> committed = committed(group);
                    partitions.forEach(
                            partition -> histories.answered(group, partition, committed.getOrDefault(partition, NONE)));
                } catch (ExecutionException e) {
                    // The coordinator is away. The next answer counts.
                }
            }
            try {
                TimeUnit.MILLISECONDS.sleep(POLL_INTERVAL.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private static <T> T answer(KafkaFuture<T> future) throws ExecutionException {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for an answer", e);
        }
    }

    private Map<TopicPartition, Long> committed(String group) throws ExecutionException {
        Map<TopicPartition, Long> committed = new HashMap<>();
        Map<org.apache.kafka.common.TopicPartition, OffsetAndMetadata> answer =
                answer(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata());
        answer.forEach((partition, offset) -> {
            if (offset != null) {
                committed.put(new TopicPartition(partition.topic(), partition.partition()), offset.offset());
            }
        });
        return committed;
    }

    private Map<TopicPartition, Long> ends() throws ExecutionException {
        Map<org.apache.kafka.common.TopicPartition, OffsetSpec> latest = partitions.stream()
                .collect(Collectors.toMap(
                        each -> new org.apache.kafka.common.TopicPartition(each.topic(), each.partition()),
                        each -> OffsetSpec.latest()));
        return answer(admin.listOffsets(latest).all()).entrySet().stream()
                .collect(Collectors.toMap(
                        entry -> new TopicPartition(
                                entry.getKey().topic(), entry.getKey().partition()),
                        entry -> entry.getValue().offset()));
    }

    /** Waits until every group has committed what the partitions hold now. */
    void awaitProgress() {
        awaitCommitted(awaitEnds());
    }

    private Map<TopicPartition, Long> awaitEnds() {
        return await("the ends of the partitions")
                .atMost(PROGRESS_MAX)
                .pollInterval(POLL_INTERVAL)
                .ignoreExceptionsInstanceOf(ExecutionException.class)
                .until(this::ends, ends -> true);
    }

    private void awaitCommitted(Map<TopicPartition, Long> ends) {
        for (String group : histories.groups()) {
            await("group %s to commit up to %s".formatted(group, ends))
                    .atMost(PROGRESS_MAX)
                    .pollInterval(POLL_INTERVAL)
                    .ignoreExceptionsInstanceOf(ExecutionException.class)
                    .until(() -> committed(group), committed -> hasReached(committed, ends));
        }
    }

    private boolean hasReached(Map<TopicPartition, Long> committed, Map<TopicPartition, Long> ends) {
        return partitions.stream()
                .allMatch(partition -> committed.getOrDefault(partition, 0L) >= ends.getOrDefault(partition, 0L));
    }

    /**
     * Waits until the groups have settled and have no lag. Producers must have stopped.
     *
     * @param memberCount the members that each group must have, all of them with partitions
     */
    void awaitSettled(int memberCount) {
        awaitProgress();
        for (String group : histories.groups()) {
            await("group %s to settle with %d members".formatted(group, memberCount))
                    .atMost(PROGRESS_MAX)
                    .pollInterval(POLL_INTERVAL)
                    .ignoreExceptionsInstanceOf(ExecutionException.class)
                    .until(() -> describe(group), found -> isSettled(found, memberCount));
        }
        Map<TopicPartition, Long> ends = awaitEnds();
        for (String group : histories.groups()) {
            await("group %s to have committed exactly %s".formatted(group, ends))
                    .atMost(PROGRESS_MAX)
                    .pollInterval(POLL_INTERVAL)
                    .ignoreExceptionsInstanceOf(ExecutionException.class)
                    .until(() -> committed(group), committed -> committed.equals(ends));
        }
    }

    private ConsumerGroupDescription describe(String group) throws ExecutionException {
        return answer(admin.describeConsumerGroups(List.of(group)).all())
                .values()
                .iterator()
                .next();
    }

    private boolean isSettled(ConsumerGroupDescription group, int memberCount) {
        List<Set<org.apache.kafka.common.TopicPartition>> owned = group.members().stream()
                .map(member -> member.assignment().topicPartitions())
                .toList();
        return group.groupState() == GroupState.STABLE
                && owned.size() == memberCount
                && owned.stream().noneMatch(Set::isEmpty)
                && owned.stream().mapToInt(Set::size).sum() == partitions.size()
                && owned.stream().flatMap(Set::stream).distinct().count() == partitions.size();
    }

    /** Stops watching. */
    @Override
    public void close() {
        closed = true;
        watching.join();
        admin.close();
    }
}
