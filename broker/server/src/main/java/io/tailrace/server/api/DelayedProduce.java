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
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A Produce request between its appends and its answer. It waits until all in-sync replicas have every append, if the client
 * asked for that, and until it is on disk, if the topic's settings require that. An append that takes too long is answered with
 * {@code REQUEST_TIMED_OUT}; its records stay in the log.
 *
 * <p>Confined to the connection's event loop, to which callbacks are passed.
 */
final class DelayedProduce {
    private final Call<ProduceResponse> call;
    private final boolean allInsync;
    private final List<Topic> topics = new ArrayList<>();
    private final List<Wait> waits = new ArrayList<>();
    private int undecided;
    private @Nullable Future<?> timeout;

    /** @param allInsync whether to wait for the in-sync replicas */
    DelayedProduce(Call<ProduceResponse> call, boolean allInsync) {
        this.call = call;
        this.allInsync = allInsync;
    }

    /** Starts a topic, to which the following places belong. */
    void begin(String topic, int partitions) {
        topics.add(new Topic(topic, new ArrayList<>(partitions)));
    }

    /** The place of a partition's result in the answer. It needs one before the request ends. */
    Place place(int partition) {
        Place place = new Place(partition);
        topics.get(topics.size() - 1).places.add(place);
        return place;
    }

    /** Passes each place on, with the topic's name. */
    void forEach(BiConsumer<String, Place> action) {
        topics.forEach(topic -> topic.places.forEach(place -> action.accept(topic.name, place)));
    }

    private record Topic(String name, List<Place> places) {
        ProduceResponse.Topic answer() {
            return new ProduceResponse.Topic(
                    name, places.stream().map(Place::result).toList());
        }
    }

    /** The place of a partition's result in the answer. */
    final class Place {
        private final int partition;
        private ProduceResponse.@Nullable Partition result;

        private Place(int partition) {
            this.partition = partition;
        }

        /** The partition's index in its topic. */
        int partition() {
            return partition;
        }

        private ProduceResponse.Partition result() {
            if (result == null) {
                throw new IllegalStateException("partition " + partition + " has no result");
            }
            return result;
        }

        void refused(ErrorCode error, @Nullable String message) {
            result = ProduceResponse.Partition.refused(partition, error, message);
        }

        void refused(ErrorCode error, String message, List<ProduceResponse.RecordError> records) {
            result = new ProduceResponse.Partition(partition, error, -1, -1, -1, records, message);
        }

        ErrorCode error() {
            return result().errorCode();
        }

        /** The append succeeded, now or in an earlier request, up to {@code nextOffset} (exclusive). */
        void appended(Partition to, Append append, long nextOffset, ProduceResponse.Partition answer) {
            result = answer;
            boolean needsAcks = allInsync && !append.acknowledged();
            CompletableFuture<Void> durable = to.durable(nextOffset);
            boolean onDisk = durable.isDone() && !durable.isCompletedExceptionally();
            if (needsAcks || !onDisk) {
                long ackedOffset = needsAcks ? nextOffset : -1;
                waits.add(new Wait(to, this, ackedOffset, append.leaderEpoch(), durable));
            }
        }
    }

    /** Ends a produce with acks=0. An error closes the connection, because there is no answer to report it. */
    void endUnanswered() {
        for (Topic topic : topics) {
            for (Place place : topic.places) {
                if (place.error() != ErrorCode.NONE) {
                    call.close("produce with acks=0 to " + topic.name + "-" + place.partition + " failed with "
                            + place.error());
                    return;
                }
            }
        }
        call.endSilently();
    }

    /** Answers when no append is pending, after {@code timeoutMs} at the latest. */
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
        call.answer(new ProduceResponse(topics.stream().map(Topic::answer).toList(), 0));
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

    /** Waits for the acknowledgement of one append. */
    private final class Wait implements AckWaiter {
        private final Partition partition;
        private final Place place;
        private final long ackedOffset;
        private final int leaderEpoch;
        private final CompletableFuture<Void> durable;
        private int conditionsLeft;

        /** @param ackedOffset the high watermark to wait for in this leader epoch; negative to wait only for the disk */
        Wait(Partition partition, Place place, long ackedOffset, int leaderEpoch, CompletableFuture<Void> durable) {
            this.partition = partition;
            this.place = place;
            this.ackedOffset = ackedOffset;
            this.leaderEpoch = leaderEpoch;
            this.durable = durable;
        }

        void begin() {
            conditionsLeft = ackedOffset < 0 ? 1 : 2;
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
                } else if (conditionsLeft == 1) {
                    decide(ErrorCode.NONE);
                } else {
                    conditionsLeft--;
                }
            });
        }

        void decide(ErrorCode error) {
            if (conditionsLeft <= 0) {
                return;
            }
            conditionsLeft = 0;
            if (error != ErrorCode.NONE) {
                place.refused(error, null);
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
