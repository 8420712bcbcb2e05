package io.tailrace.agent.ship;

import io.tailrace.client.ClientException;
import io.tailrace.client.Producer;
import io.tailrace.client.ProducerRecord;
import io.tailrace.client.RecordMetadata;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Parcels that are sent in order and are done when all of them are acknowledged. */
public final class Shipment {
    private static final Logger log = LoggerFactory.getLogger(Shipment.class);
    private static final long BACKOFF_MS_MIN = 100;
    private static final long BACKOFF_MS_MAX = 30_000;

    private final Producer producer;
    private final Runnable wakeUp;
    private final Parcel[] parcels;
    private final @Nullable CompletableFuture<RecordMetadata>[] answers;
    /** Parcels sent and not answered; the producer's threads count down. */
    private final AtomicInteger unanswered = new AtomicInteger();

    /** Parcels to be sent each by itself, to find the one that a whole batch was refused for. */
    private final ArrayDeque<Integer> suspects = new ArrayDeque<>();

    private int alone = NONE;
    private final ArrayList<Integer> waiting = new ArrayList<>();
    private long retryAtMs;
    private int failures;

    private static final int NONE = -1;

    /**
     * Makes a shipment and sends it.
     *
     * @param wakeUp called by any thread when there is something for {@link #isDelivered} to see
     */
    @SuppressWarnings({"unchecked", "rawtypes"})
    public Shipment(Producer producer, List<Parcel> parcels, Runnable wakeUp) {
        this.producer = producer;
        this.wakeUp = wakeUp;
        this.parcels = parcels.toArray(Parcel[]::new);
        this.answers = (CompletableFuture<RecordMetadata>[]) new CompletableFuture[parcels.size()];
        send(IntStream.range(0, this.parcels.length).boxed().toList());
    }

    /** What was sent; after delivery, what was acknowledged. */
    public List<Parcel> parcels() {
        return Arrays.asList(parcels);
    }

    /**
     * Sends parcels. After one that the producer could not take, as when no broker knows its topic, the others share its
     * failure: asking may block, and should not once for each.
     */
    private void send(List<Integer> indexes) {
        unanswered.set(indexes.size());
        CompletableFuture<RecordMetadata> untaken = null;
        for (int index : indexes) {
            CompletableFuture<RecordMetadata> answer = untaken == null ? send(parcels[index].record()) : untaken;
            if (answer.isCompletedExceptionally() && !isRefusal(failure(answer))) {
                untaken = answer;
            }
            await(index, answer);
        }
    }

    private CompletableFuture<RecordMetadata> send(ProducerRecord record) {
        try {
            return producer.send(record);
        } catch (ClientException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    // The answer itself is what is looked at later, after the count has told that it is there.
    @SuppressWarnings("FutureReturnValueIgnored")
    private void await(int index, CompletableFuture<RecordMetadata> answer) {
        answers[index] = answer;
        answer.whenComplete((metadata, failure) -> {
            if (unanswered.decrementAndGet() == 0) {
                wakeUp.run();
            }
        });
    }

    /** Goes on with what has failed, and tells whether all is acknowledged. */
    public boolean isDelivered(long nowMs) {
        if (unanswered.get() > 0) {
            return false;
        }
        for (int index = 0; index < parcels.length; index++) {
            takeAnswer(index, nowMs);
        }
        if (waiting.isEmpty() && suspects.isEmpty()) {
            return true;
        }
        if (nowMs >= retryAtMs) {
            sendAgain();
        }
        return false;
    }

    private void takeAnswer(int index, long nowMs) {
        CompletableFuture<RecordMetadata> answer = answers[index];
        answers[index] = null;
        if (answer == null || !answer.isCompletedExceptionally()) {
            return;
        }
        Throwable failure = failure(answer);
        Parcel parcel = parcels[index];
        if (!isRefusal(failure) || parcel.ifRefused() == null) {
            backOff(parcel, failure, nowMs);
            waiting.add(index);
        } else if (alone == index || parcels.length == 1) {
            log.warn("a record for {} was refused: {}", parcel.topic(), failure.getMessage());
            parcels[index] = parcel.ifRefused().apply("refused by the broker: " + failure.getMessage());
            waiting.add(index);
        } else {
            suspects.add(index);
        }
    }

    private static Throwable failure(CompletableFuture<RecordMetadata> answer) {
        try {
            answer.join();
            throw new IllegalStateException("did not fail");
        } catch (CompletionException e) {
            return e.getCause() == null ? e : e.getCause();
        }
    }

    /** Whether the brokers will never take the record, whoever asks. What else they refuse, somebody can put right. */
    private static boolean isRefusal(Throwable failure) {
        return failure instanceof ClientException client
                && switch (client.errorCode()) {
                    case MESSAGE_TOO_LARGE, RECORD_LIST_TOO_LARGE, INVALID_RECORD, INVALID_TIMESTAMP -> true;
                    default -> false;
                };
    }

    private void backOff(Parcel parcel, Throwable failure, long nowMs) {
        if (nowMs < retryAtMs) {
            return;
        }
        long pauseMs = Math.min(BACKOFF_MS_MAX, BACKOFF_MS_MIN << Math.min(failures, 20));
        failures++;
        retryAtMs = nowMs + ThreadLocalRandom.current().nextLong(pauseMs / 2, pauseMs + 1);
        log.warn("records for {} were not taken, will try again: {}", parcel.topic(), failure.toString());
    }

    private void sendAgain() {
        alone = NONE;
        List<Integer> again = List.copyOf(waiting);
        waiting.clear();
        if (again.isEmpty()) {
            alone = suspects.remove();
            again = List.of(alone);
        }
        send(again);
    }
}
