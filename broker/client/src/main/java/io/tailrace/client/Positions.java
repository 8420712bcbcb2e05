package io.tailrace.client;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.message.ListOffsetsRequest;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds the positions of partitions that have none: committed offsets first where asked, then the reset policy.
 * Called by the consumer's thread, within the assignment's monitor where it says so.
 */
final class Positions {
    private final ConsumerConfig config;
    private final Network network;
    private final Mailbox mailbox;
    private final Metadata metadata;
    private final Assignment assignment;
    private final @Nullable GroupOffsets offsets;
    private final Time time;
    private final Backoff backoff;

    Positions(
            ConsumerConfig config,
            Network network,
            Mailbox mailbox,
            Metadata metadata,
            Assignment assignment,
            @Nullable GroupOffsets offsets,
            Time time,
            Backoff backoff) {
        this.config = config;
        this.network = network;
        this.mailbox = mailbox;
        this.metadata = metadata;
        this.assignment = assignment;
        this.offsets = offsets;
        this.time = time;
        this.backoff = backoff;
    }

    /** Asks for what can be asked now. Within the monitor. */
    void ask(long nowMs) {
        Map<TopicPartition, Integer> committed = new HashMap<>();
        Map<TopicPartition, Long> byTime = new HashMap<>();
        Map<TopicPartition, Integer> generations = new HashMap<>();
        for (PartitionState state : assignment.states()) {
            if (state.hasPosition() || !state.mayAsk(nowMs)) {
                continue;
            }
            PartitionState.Start start = state.start();
            if (start == PartitionState.Start.COMMITTED && offsets != null) {
                state.asked();
                committed.put(state.topicPartition(), state.generation());
            } else if (start == PartitionState.Start.EARLIEST || start == PartitionState.Start.LATEST) {
                askByTime(state, start, byTime, generations);
            } else {
                reset(state, byTime, generations);
            }
        }
        if (!committed.isEmpty() && offsets != null) {
            mailbox.onOutcome(
                    offsets.fetch(committed.keySet()), (found, failure) -> foundCommitted(committed, found, failure));
        }
        if (!byTime.isEmpty()) {
            mailbox.onOutcome(
                    OffsetLookup.find(
                            network, metadata.view(), byTime, config.client().requestTimeoutMs()),
                    (found, failure) -> foundByTime(generations, found));
        }
    }

    private void reset(
            PartitionState state, Map<TopicPartition, Long> byTime, Map<TopicPartition, Integer> generations) {
        switch (config.offsetReset()) {
            case EARLIEST -> askByTime(state, PartitionState.Start.EARLIEST, byTime, generations);
            case LATEST -> askByTime(state, PartitionState.Start.LATEST, byTime, generations);
            case NONE -> {
                state.failWith(new ClientException(
                        ErrorCode.OFFSET_OUT_OF_RANGE,
                        state.topicPartition()
                                + " has no committed offset, and auto.offset.reset is none; seek first"));
                assignment.notifyAll();
            }
        }
    }

    private static void askByTime(
            PartitionState state,
            PartitionState.Start end,
            Map<TopicPartition, Long> byTime,
            Map<TopicPartition, Integer> generations) {
        state.asked();
        long timestamp = end == PartitionState.Start.EARLIEST ? ListOffsetsRequest.EARLIEST : ListOffsetsRequest.LATEST;
        byTime.put(state.topicPartition(), timestamp);
        generations.put(state.topicPartition(), state.generation());
    }

    private void foundCommitted(
            Map<TopicPartition, Integer> asked,
            @Nullable Map<TopicPartition, Long> found,
            @Nullable Throwable failure) {
        long nowMs = time.elapsedMs();
        synchronized (assignment) {
            asked.forEach((partition, generation) -> {
                PartitionState state = current(partition, generation);
                if (state == null) {
                    return;
                }
                if (found == null) {
                    failed(state, failure, nowMs);
                    return;
                }
                state.answered();
                Long offset = found.get(partition);
                if (offset == null) {
                    state.seek(PartitionState.Start.RESET);
                } else {
                    state.seek(offset);
                }
            });
            assignment.notifyAll();
        }
    }

    private void failed(PartitionState state, @Nullable Throwable failure, long nowMs) {
        Throwable cause = failure == null ? null : Retry.unwrapped(failure);
        if (cause instanceof ClientException e && !e.retriable()) {
            state.failWith(e);
        } else {
            state.failed(nowMs, backoff);
        }
    }

    private void foundByTime(
            Map<TopicPartition, Integer> asked, @Nullable Map<TopicPartition, OffsetLookup.Found> found) {
        long nowMs = time.elapsedMs();
        synchronized (assignment) {
            asked.forEach((partition, generation) -> {
                PartitionState state = current(partition, generation);
                OffsetLookup.Found answer = found == null ? null : found.get(partition);
                if (state == null) {
                    return;
                }
                if (answer != null && answer.error() == ErrorCode.NONE) {
                    state.answered();
                    state.seek(answer.offset());
                } else if (answer != null && !answer.error().retriable()) {
                    state.failWith(new ClientException(answer.error(), partition + ": " + answer.error()));
                } else {
                    metadata.requestRefresh();
                    state.failed(nowMs, backoff);
                }
            });
            assignment.notifyAll();
        }
    }

    /** A position was not in its log: asks where the log begins and ends, to reset or to tell. Within the monitor. */
    void outOfRange(PartitionState state) {
        if (config.offsetReset() != OffsetReset.NONE) {
            state.seek(PartitionState.Start.RESET);
            return;
        }
        state.asked();
        TopicPartition partition = state.topicPartition();
        int generation = state.generation();
        int timeoutMs = config.client().requestTimeoutMs();
        ClusterView view = metadata.view();
        mailbox.onOutcome(
                OffsetLookup.find(network, view, Map.of(partition, ListOffsetsRequest.EARLIEST), timeoutMs)
                        .thenCombine(
                                OffsetLookup.find(
                                        network, view, Map.of(partition, ListOffsetsRequest.LATEST), timeoutMs),
                                (first, end) -> new OffsetLookup.Found[] {first.get(partition), end.get(partition)}),
                (range, failure) -> foundRange(partition, generation, range));
    }

    private void foundRange(TopicPartition partition, int generation, OffsetLookup.@Nullable Found @Nullable [] range) {
        synchronized (assignment) {
            PartitionState state = current(partition, generation);
            if (state == null) {
                return;
            }
            OffsetLookup.Found first = range == null ? null : range[0];
            OffsetLookup.Found end = range == null ? null : range[1];
            boolean known =
                    first != null && end != null && first.error() == ErrorCode.NONE && end.error() == ErrorCode.NONE;
            if (first != null && end != null && known) {
                state.failWith(
                        new OffsetOutOfRangeException(partition, state.fetchOffset(), first.offset(), end.offset()));
                assignment.notifyAll();
            } else {
                metadata.requestRefresh();
                state.failed(time.elapsedMs(), backoff);
            }
        }
    }

    private @Nullable PartitionState current(TopicPartition partition, int generation) {
        PartitionState state = assignment.state(partition);
        return state != null && state.generation() == generation ? state : null;
    }
}
