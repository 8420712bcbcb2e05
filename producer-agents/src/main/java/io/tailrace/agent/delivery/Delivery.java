package io.tailrace.agent.delivery;

import io.tailrace.client.Producer;
import io.tailrace.client.ProducerRecord;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A few records that are sent again until all of them are acknowledged. Not thread-safe; the producer's threads only wake the
 * agent.
 */
public final class Delivery {
    private final Producer producer;
    private final Backoff backoff = new Backoff();
    private final Unanswered<ProducerRecord> unanswered;
    private final List<ProducerRecord> failed = new ArrayList<>();
    private @Nullable Throwable lastFailure;

    /**
     * Sends records.
     *
     * @param wakeUp called by any thread when {@link #advance} has something to do
     */
    public Delivery(Producer producer, List<ProducerRecord> records, Runnable wakeUp) {
        this.producer = producer;
        this.unanswered = new Unanswered<>(wakeUp);
        records.forEach(this::send);
    }

    private void send(ProducerRecord record) {
        unanswered.add(record, producer.send(record));
    }

    /**
     * Reads the answers and sends again what failed, after a pause.
     *
     * @return whether all records are acknowledged
     */
    public boolean advance(long nowMs) {
        unanswered.readAnswers(this::acknowledged, (record, failure) -> {
            failed.add(record);
            lastFailure = failure;
            backoff.failed(nowMs);
        });
        if (!failed.isEmpty() && backoff.isOver(nowMs)) {
            List<ProducerRecord> again = List.copyOf(failed);
            failed.clear();
            again.forEach(this::send);
        }
        return failed.isEmpty() && unanswered.isEmpty();
    }

    private void acknowledged(ProducerRecord record) {
        lastFailure = null;
        backoff.succeeded();
    }

    /** Why something is not acknowledged yet, as far as that is known. */
    public String obstacle() {
        return Obstacle.of(producer, lastFailure, unanswered.first().map(ProducerRecord::topic));
    }
}
