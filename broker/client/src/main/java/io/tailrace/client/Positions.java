package io.tailrace.client;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.message.ListOffsetsRequest;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Looks up unknown positions: the committed offset if wanted, or else the offset that the reset policy selects. For the
 * consumer's thread.
 */
final class Positions {
    private final ConsumerConfig config;
    private final Network network;
    private final CompletionQueue completions;
    private final Metadata metadata;
    private final Assignment assignment;
    private final @Nullable GroupOffsetCalls offsets;
    private final Time time;
    private final Backoff backoff;

    Positions(
            ConsumerConfig config,
            Network network,
            CompletionQueue completions,
            Metadata metadata,
            Assignment assignment,
            @Nullable GroupOffsetCalls offsets,
            Time time,
            Backoff backoff) {
        this.config = config;
        this.network = network;
        this.completions = completions;
        this.metadata = metadata;
        this.assignment = assignment;
        this.offsets = offsets;
        this.time = time;
        this.backoff = backoff;
    }

    /** Sends the lookups that can be sent now. The caller holds the assignment's monitor. */
    void lookUp(long nowMs) {
        Map<TopicPartition, Integer> committed = new HashMap<>();
        Map<TopicPartition, Long> byTime = new HashMap<>();
        Map<TopicPartition, Integer> generations = new HashMap<>();
        for (AssignedPartition state : assignment.states()) {
            if (state.isOfEarlierTopic(
                    metadata.snapshot().topicId(state.topicPartition().topic()))) {
                startAnew(state);
            }
            if (state.hasPosition() || !state.mayRequest(nowMs)) {
                continue;
            }
            AssignedPartition.Start start = state.start();
            if (start == AssignedPartition.Start.COMMITTED && offsets != null) {
                state.requested();
                committed.put(state.topicPartition(), state.generation());
            } else if (start == AssignedPartition.Start.EARLIEST || start == AssignedPartition.Start.LATEST) {
                askByTime(state, start, byTime, generations);
            } else {
                reset(state, byTime, generations);
            }
        }
        if (!committed.isEmpty() && offsets != null) {
            completions.whenComplete(
                    offsets.fetch(committed.keySet()), (found, failure) -> foundCommitted(committed, found, failure));
        }
        if (!byTime.isEmpty()) {
            completions.whenComplete(
                    OffsetLookup.find(
                            network,
                            metadata.snapshot(),
                            byTime,
                            config.isolation(),
                            config.client().requestTimeoutMs()),
                    (found, failure) -> foundByTime(generations, found));
        }
    }

    /** The topic was deleted and created again: all of its records are new, so reading starts at the first one. */
    private void startAnew(AssignedPartition state) {
        if (config.offsetReset() != OffsetReset.NONE) {
            state.seek(AssignedPartition.Start.EARLIEST);
            return;
        }
        state.seek(AssignedPartition.Start.RESET);
        state.failWith(new ClientException(
                ErrorCode.OFFSET_OUT_OF_RANGE,
                state.topicPartition() + ": the topic was deleted and created again, and auto.offset.reset is none;"
                        + " seek first"));
        assignment.notifyAll();
    }

    private void reset(
            AssignedPartition state, Map<TopicPartition, Long> byTime, Map<TopicPartition, Integer> generations) {
        switch (config.offsetReset()) {
            case EARLIEST -> askByTime(state, AssignedPartition.Start.EARLIEST, byTime, generations);
            case LATEST -> askByTime(state, AssignedPartition.Start.LATEST, byTime, generations);
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
            AssignedPartition state,
            AssignedPartition.Start end,
            Map<TopicPartition, Long> byTime,
            Map<TopicPartition, Integer> generations) {
        state.requested();
        long timestamp =
                end == AssignedPartition.Start.EARLIEST ? ListOffsetsRequest.EARLIEST : ListOffsetsRequest.LATEST;
        byTime.put(state.topicPartition(), timestamp);
        generations.put(state.topicPartition(), state.generation());
    }

    private void foundCommitted(
            Map<TopicPartition, Integer> generations,
            @Nullable Map<TopicPartition, Long> found,
            @Nullable Throwable failure) {
        long nowMs = time.elapsedMs();
        synchronized (assignment) {
            generations.forEach((partition, generation) -> {
                AssignedPartition state = current(partition, generation);
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
                    state.seek(AssignedPartition.Start.RESET);
                } else {
                    state.seek(offset);
                }
            });
            assignment.notifyAll();
        }
    }

    private void failed(AssignedPartition state, @Nullable Throwable failure, long nowMs) {
        Throwable cause = failure == null ? null : Retry.unwrapped(failure);
        if (cause instanceof ClientException e && !e.retriable()) {
            state.failWith(e);
        } else {
            state.failed(nowMs, backoff);
        }
    }

    private void foundByTime(
            Map<TopicPartition, Integer> generations, @Nullable Map<TopicPartition, OffsetLookup.Found> found) {
        long nowMs = time.elapsedMs();
        synchronized (assignment) {
            generations.forEach((partition, generation) -> {
                AssignedPartition state = current(partition, generation);
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

    /** Looks up the bounds of a log that does not contain the position, to reset the position or report it. The caller holds
     * the assignment's monitor. */
    void outOfRange(AssignedPartition state) {
        if (config.offsetReset() != OffsetReset.NONE) {
            state.seek(AssignedPartition.Start.RESET);
            return;
        }
        state.requested();
        TopicPartition partition = state.topicPartition();
        int generation = state.generation();
        MetadataSnapshot snapshot = metadata.snapshot();
        completions.whenComplete(
                end(snapshot, partition, ListOffsetsRequest.EARLIEST)
                        .thenCombine(end(snapshot, partition, ListOffsetsRequest.LATEST), (first, end) ->
                                new OffsetLookup.Found[] {first.get(partition), end.get(partition)}),
                (range, failure) -> foundRange(partition, generation, range));
    }

    private CompletableFuture<Map<TopicPartition, OffsetLookup.Found>> end(
            MetadataSnapshot snapshot, TopicPartition partition, long timestamp) {
        return OffsetLookup.find(
                network,
                snapshot,
                Map.of(partition, timestamp),
                config.isolation(),
                config.client().requestTimeoutMs());
    }

    private void foundRange(TopicPartition partition, int generation, OffsetLookup.@Nullable Found @Nullable [] range) {
        synchronized (assignment) {
            AssignedPartition state = current(partition, generation);
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

    private @Nullable AssignedPartition current(TopicPartition partition, int generation) {
        AssignedPartition state = assignment.state(partition);
        return state != null && state.generation() == generation ? state : null;
    }
}
