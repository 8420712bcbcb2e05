package io.tailrace.server.api;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.ProduceResponse;
import io.tailrace.server.partition.AckWaiter;
import io.tailrace.server.partition.Append;
import io.tailrace.server.partition.Partition;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * A produce from its appends to its answer, which waits until every append is acknowledged as it should be: by the
 * in-sync replicas, and on disk where the topic asks for that. What takes too long is answered with
 * {@code REQUEST_TIMED_OUT}; its records stay.
 *
 * <p>Confined to the connection's event loop, which the waits hand over to.
 */
final class DelayedProduce {
    private final Call<ProduceResponse> call;
    private final boolean allInsync;
    private final List<ProduceResponse.Topic> topics = new ArrayList<>();
    private final List<Wait> waits = new ArrayList<>();
    private List<ProduceResponse.Partition> current = List.of();
    private int undecided;
    private @Nullable Future<?> timeout;

    /** @param allInsync whether to wait for the in-sync replicas */
    DelayedProduce(Call<ProduceResponse> call, boolean allInsync) {
        this.call = call;
        this.allInsync = allInsync;
    }

    /** What is told from here on is about this topic. */
    void begin(String topic, int partitions) {
        current = new ArrayList<>(partitions);
        topics.add(new ProduceResponse.Topic(topic, current));
    }

    void refused(int index, ErrorCode error, @Nullable String message) {
        current.add(ProduceResponse.Partition.refused(index, error, message));
    }

    void refused(int index, ErrorCode error, String message, List<ProduceResponse.RecordError> records) {
        current.add(new ProduceResponse.Partition(index, error, -1, -1, -1, records, message));
    }

    /** Batches that end before {@code nextOffset} are in the leader's log, now or since an earlier request. */
    void appended(Partition partition, Append append, long nextOffset, ProduceResponse.Partition answer) {
        current.add(answer);
        boolean needsAcks = allInsync && !append.acknowledged();
        CompletableFuture<Void> durable = partition.durable(nextOffset);
        boolean onDisk = durable.isDone() && !durable.isCompletedExceptionally();
        if (needsAcks || !onDisk) {
            long ackedOffset = needsAcks ? nextOffset : -1;
            waits.add(new Wait(
                    partition, new Place(current, current.size() - 1), ackedOffset, append.leaderEpoch(), durable));
        }
    }

    /** Where in the answer. */
    private record Place(List<ProduceResponse.Partition> results, int index) {}

    /** Ends a produce with acks=0. Its client learns of an error by losing the connection. */
    void endUnanswered() {
        for (ProduceResponse.Topic topic : topics) {
            for (ProduceResponse.Partition result : topic.partitions()) {
                if (result.errorCode() != ErrorCode.NONE) {
                    call.close("produce with acks=0 to " + topic.name() + "-" + result.index() + " failed with "
                            + result.errorCode());
                    return;
                }
            }
        }
        call.endSilently();
    }

    /** Answers, now or when the last wait is over or {@code timeoutMs} have passed. */
    void answerWhenAcknowledged(int timeoutMs) {
        undecided = waits.size();
        if (undecided == 0) {
            answer();
            return;
        }
        call.onDisconnect(this::cancel);
        timeout = call.schedule(this::timedOut, Math.max(0, timeoutMs));
        waits.forEach(Wait::begin);
    }

    private void answer() {
        if (timeout != null) {
            timeout.cancel(false);
        }
        call.answer(new ProduceResponse(topics, 0));
    }

    private void timedOut() {
        for (Wait wait : waits) {
            wait.cancel();
            wait.decide(ErrorCode.REQUEST_TIMED_OUT);
        }
    }

    private void cancel() {
        if (timeout != null) {
            timeout.cancel(false);
        }
        waits.forEach(Wait::cancel);
    }

    /** One append that is not acknowledged yet. */
    private final class Wait implements AckWaiter {
        private final Partition partition;
        private final Place place;
        private final long ackedOffset;
        private final int leaderEpoch;
        private final CompletableFuture<Void> durable;
        private int open;

        /** @param ackedOffset the high watermark to wait for in this leader epoch, negative for none */
        Wait(Partition partition, Place place, long ackedOffset, int leaderEpoch, CompletableFuture<Void> durable) {
            this.partition = partition;
            this.place = place;
            this.ackedOffset = ackedOffset;
            this.leaderEpoch = leaderEpoch;
            this.durable = durable;
        }

        void begin() {
            open = ackedOffset < 0 ? 1 : 2;
            if (ackedOffset >= 0) {
                partition.awaitAcks(ackedOffset, leaderEpoch, this);
            }
            var unused = durable.whenComplete(
                    (forced, failure) -> done(failure == null ? ErrorCode.NONE : ErrorCode.KAFKA_STORAGE_ERROR));
        }

        @Override
        public void done(ErrorCode error) {
            call.execute(() -> {
                if (error != ErrorCode.NONE) {
                    decide(error);
                } else if (open == 1) {
                    decide(ErrorCode.NONE);
                } else {
                    open--;
                }
            });
        }

        void decide(ErrorCode error) {
            if (open <= 0) {
                return;
            }
            open = 0;
            if (error != ErrorCode.NONE) {
                place.results()
                        .set(
                                place.index(),
                                ProduceResponse.Partition.refused(partition.id().partition(), error, null));
            }
            if (--undecided == 0) {
                answer();
            }
        }

        void cancel() {
            if (ackedOffset >= 0) {
                partition.cancel(this);
            }
        }
    }
}
