package io.tailrace.agent.delivery;

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

/**
 * Records that are sent in order, and sent again until all of them are acknowledged.
 *
 * <p>Not thread-safe. The producer's threads only count down the answers and wake the agent.
 */
public final class Delivery {
    private static final Logger log = LoggerFactory.getLogger(Delivery.class);
    private static final long BACKOFF_MS_MIN = 100;
    private static final long BACKOFF_MS_MAX = 30_000;
    private static final int NONE = -1;

    private final Producer producer;
    private final Runnable wakeUp;
    private final OutgoingRecord[] records;
    private final @Nullable CompletableFuture<RecordMetadata>[] answers;
    private final AtomicInteger unanswered = new AtomicInteger();

    /** Indexes to be sent again together. */
    private final ArrayList<Integer> failed = new ArrayList<>();

    /** Indexes to be sent one by one, to find the record for which a whole batch was refused. */
    private final ArrayDeque<Integer> suspects = new ArrayDeque<>();

    /** The suspect that was sent last, or {@link #NONE}. */
    private int sentAlone = NONE;

    private long retryAtMs;
    private int failures;

    /**
     * Sends records.
     *
     * @param wakeUp called by any thread when {@link #advance} has something to do
     */
    @SuppressWarnings({"unchecked", "rawtypes"})
    public Delivery(Producer producer, List<OutgoingRecord> records, Runnable wakeUp) {
        this.producer = producer;
        this.wakeUp = wakeUp;
        this.records = records.toArray(OutgoingRecord[]::new);
        this.answers = (CompletableFuture<RecordMetadata>[]) new CompletableFuture[records.size()];
        send(IntStream.range(0, this.records.length).boxed().toList());
    }

    /** The records as they were last sent: a refused one is replaced by its dead letter. */
    public List<OutgoingRecord> records() {
        return Arrays.asList(records);
    }

    /**
     * Sends records. If the producer does not take one, as when no broker knows its topic, the following ones fail like
     * it without being offered: each offer may block.
     */
    private void send(List<Integer> indexes) {
        unanswered.set(indexes.size());
        CompletableFuture<RecordMetadata> notTaken = null;
        for (int index : indexes) {
            CompletableFuture<RecordMetadata> answer = notTaken == null ? send(records[index].record()) : notTaken;
            if (answer.isCompletedExceptionally() && !isRefusal(failure(answer))) {
                notTaken = answer;
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

    // The future itself is read later, once all answers are counted.
    @SuppressWarnings("FutureReturnValueIgnored")
    private void await(int index, CompletableFuture<RecordMetadata> answer) {
        answers[index] = answer;
        answer.whenComplete((metadata, failure) -> {
            if (unanswered.decrementAndGet() == 0) {
                wakeUp.run();
            }
        });
    }

    /**
     * Reads the answers and sends again what failed, after a pause.
     *
     * @return whether all records are acknowledged
     */
    public boolean advance(long nowMs) {
        if (unanswered.get() > 0) {
            return false;
        }
        for (int index = 0; index < records.length; index++) {
            readAnswer(index, nowMs);
        }
        if (failed.isEmpty() && suspects.isEmpty()) {
            return true;
        }
        if (nowMs >= retryAtMs) {
            sendAgain();
        }
        return false;
    }

    private void readAnswer(int index, long nowMs) {
        CompletableFuture<RecordMetadata> answer = answers[index];
        answers[index] = null;
        if (answer == null || !answer.isCompletedExceptionally()) {
            return;
        }
        Throwable failure = failure(answer);
        OutgoingRecord record = records[index];
        if (!isRefusal(failure) || record.ifRefused() == null) {
            backOff(record, failure, nowMs);
            failed.add(index);
        } else if (sentAlone == index || records.length == 1) {
            log.warn(
                    "record refused, sending it to the dead letters: topic {}, {}",
                    record.topic(),
                    failure.getMessage());
            records[index] = record.ifRefused().apply("refused by the broker: " + failure.getMessage());
            failed.add(index);
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

    /** Whether brokers refuse the record for its content, so that sending it again is useless. */
    private static boolean isRefusal(Throwable failure) {
        return failure instanceof ClientException client
                && switch (client.errorCode()) {
                    case MESSAGE_TOO_LARGE, RECORD_LIST_TOO_LARGE, INVALID_RECORD, INVALID_TIMESTAMP -> true;
                    default -> false;
                };
    }

    private void backOff(OutgoingRecord record, Throwable failure, long nowMs) {
        if (nowMs < retryAtMs) {
            return;
        }
        long pauseMs = Math.min(BACKOFF_MS_MAX, BACKOFF_MS_MIN << Math.min(failures, 20));
        failures++;
        retryAtMs = nowMs + ThreadLocalRandom.current().nextLong(pauseMs / 2, pauseMs + 1);
        log.warn("records not acknowledged, sending them again: topic {}, {}", record.topic(), failure.toString());
    }

    private void sendAgain() {
        sentAlone = NONE;
        List<Integer> again = List.copyOf(failed);
        failed.clear();
        if (again.isEmpty()) {
            sentAlone = suspects.remove();
            again = List.of(sentAlone);
        }
        send(again);
    }
}
