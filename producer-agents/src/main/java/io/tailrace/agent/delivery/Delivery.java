package io.tailrace.agent.delivery;

import io.tailrace.client.Producer;
import io.tailrace.client.ProducerRecord;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A few records that are sent again until all of them are acknowledged. Not thread-safe; the producer's threads only wake the
 * agent.
 */
public final class Delivery {
    private static final Logger log = LoggerFactory.getLogger(Delivery.class);

    private final Producer producer;
    private final Backoff backoff = new Backoff();
    private final Unanswered<ProducerRecord> unanswered;
    private final List<ProducerRecord> failed = new ArrayList<>();

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
        unanswered.readAnswers(record -> {}, (record, failure) -> {
            failed.add(record);
            if (backoff.failed(nowMs)) {
                log.warn(
                        "records not acknowledged, sending them again: topic {}, {}",
                        record.topic(),
                        failure.toString());
            }
        });
        if (!failed.isEmpty() && backoff.isOver(nowMs)) {
            List<ProducerRecord> again = List.copyOf(failed);
            failed.clear();
            again.forEach(this::send);
        }
        return failed.isEmpty() && unanswered.isEmpty();
    }
}
