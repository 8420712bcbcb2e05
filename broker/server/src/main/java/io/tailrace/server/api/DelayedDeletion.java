package io.tailrace.server.api;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.DeleteRecordsResponse;
import io.tailrace.replication.Leader;
import io.tailrace.server.partition.AckWaiter;
import io.tailrace.server.partition.Deletion;
import io.tailrace.server.partition.Partition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;

/**
 * A DeleteRecords request between its deletions and its answer. It waits until the deletions are on this broker's disk and no
 * in-sync replica has the records. Confined to the connection's event loop, to which callbacks are passed.
 */
final class DelayedDeletion {
    private static final int WAIT_MS_MAX = 300_000;
    private static final long NONE = -1;

    private final Call<DeleteRecordsResponse> call;
    private final Map<String, List<Outcome>> topics = new LinkedHashMap<>();
    private List<Outcome> current = List.of();

    DelayedDeletion(Call<DeleteRecordsResponse> call) {
        this.call = call;
    }

    /** The outcome for one partition. */
    private interface Outcome {
        CompletableFuture<ErrorCode> error();

        /** After {@link #error} has completed. */
        DeleteRecordsResponse.Partition answer();

        /** Ends a wait. */
        void end(ErrorCode error);
    }

    /** Starts a topic, to which the following outcomes belong. */
    void begin(String topic) {
        current = topics.computeIfAbsent(topic, name -> new ArrayList<>());
    }

    void refused(int index, ErrorCode error) {
        current.add(new Refused(index, error));
    }

    void deleted(Partition partition, Deletion deletion) {
        Wait wait = new Wait(partition, deletion.offset());
        current.add(wait);
        var unused =
                deletion.stored().whenComplete((done, failure) -> call.execute(() -> wait.stored(failure == null)));
    }

    /** Answers when all waits have ended, after {@code timeoutMs} at the latest. */
    void answerWhenFollowed(int timeoutMs) {
        List<Outcome> all = topics.values().stream().flatMap(List::stream).toList();
        Runnable end = () -> all.forEach(outcome -> outcome.end(ErrorCode.REQUEST_TIMED_OUT));
        int waitMs = call.mayWait() ? Math.max(0, Math.min(timeoutMs, WAIT_MS_MAX)) : 0;
        Future<?> timeout = call.schedule(end, waitMs);
        call.onDisconnect(() -> {
            timeout.cancel(false);
            end.run();
        });
        CompletableFuture<?>[] errors = all.stream().map(Outcome::error).toArray(CompletableFuture[]::new);
        var unused = CompletableFuture.allOf(errors)
                .thenRun(() -> call.execute(() -> {
                    timeout.cancel(false);
                    answer();
                }));
    }

    private void answer() {
        List<DeleteRecordsResponse.Topic> answers = new ArrayList<>();
        topics.forEach((name, outcomes) -> answers.add(new DeleteRecordsResponse.Topic(
                name, outcomes.stream().map(Outcome::answer).toList())));
        call.answer(new DeleteRecordsResponse(0, answers));
    }

    private static DeleteRecordsResponse.Partition answer(int index, long lowWatermark, ErrorCode error) {
        return new DeleteRecordsResponse.Partition(index, error == ErrorCode.NONE ? lowWatermark : NONE, error);
    }

    private record Refused(int index, ErrorCode reason) implements Outcome {
        @Override
        public CompletableFuture<ErrorCode> error() {
            return CompletableFuture.completedFuture(reason);
        }

        @Override
        public DeleteRecordsResponse.Partition answer() {
            return DelayedDeletion.answer(index, NONE, reason);
        }

        @Override
        public void end(ErrorCode error) {}
    }

    /** Waits for the disk first, then for the other replicas. */
    private record Wait(Partition partition, long offset, CompletableFuture<ErrorCode> error)
            implements Outcome, AckWaiter {
        Wait(Partition partition, long offset) {
            this(partition, offset, new CompletableFuture<>());
        }

        void stored(boolean succeeded) {
            if (error.isDone()) {
                return;
            }
            if (succeeded) {
                partition.awaitLowWatermark(offset, this);
            } else {
                done(ErrorCode.KAFKA_STORAGE_ERROR);
            }
        }

        @Override
        public void done(ErrorCode outcome) {
            boolean unused = error.complete(outcome);
        }

        @Override
        public void end(ErrorCode reason) {
            if (error.complete(reason)) {
                partition.cancel(this);
            }
        }

        @Override
        public DeleteRecordsResponse.Partition answer() {
            long lowWatermark = partition.replica() instanceof Leader leader ? leader.lowWatermark() : offset;
            return DelayedDeletion.answer(partition.id().partition(), Math.max(offset, lowWatermark), error.join());
        }
    }
}
