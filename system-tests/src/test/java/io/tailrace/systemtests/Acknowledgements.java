package io.tailrace.systemtests;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.KafkaProducer;

/** Sends small records to partition 0 of a topic at a steady rate and records the time of each acknowledgement. */
final class Acknowledgements implements AutoCloseable {
    private static final long INTERVAL_MS = 5;

    private final KafkaProducer<String, String> producer;
    private final String topic;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    /** {@link System#nanoTime} of each acknowledgement; guarded by its own monitor. */
    private final List<Long> times = new ArrayList<>();

    private final AtomicInteger failures = new AtomicInteger();
    private volatile long newestSentNanos;

    /**
     * Starts sending.
     *
     * @param producer closed together with this
     */
    Acknowledgements(KafkaProducer<String, String> producer, String topic) {
        this.producer = producer;
        this.topic = topic;
        var unused = timer.scheduleAtFixedRate(this::send, 0, INTERVAL_MS, TimeUnit.MILLISECONDS);
    }

    private void send() {
        long sentNanos = System.nanoTime();
        Future<?> unused = producer.send(KafkaClients.placed(topic, 0, "x".repeat(100)), (metadata, failure) -> {
            if (failure != null) {
                failures.incrementAndGet();
                return;
            }
            synchronized (times) {
                times.add(System.nanoTime());
            }
            newestSentNanos = sentNanos;
        });
    }

    /** Waits until a record that is sent after this call is acknowledged. */
    void awaitNext() {
        long nowNanos = System.nanoTime();
        await("an acknowledgement")
                .atMost(Duration.ofMinutes(2))
                .pollInterval(Duration.ofMillis(10))
                .until(() -> newestSentNanos - nowNanos > 0);
    }

    /** The number of failed sends. */
    int failures() {
        return failures.get();
    }

    /** Times of the acknowledgements between two values of {@link System#nanoTime}, both inclusive. */
    List<Long> between(long fromNanos, long toNanos) {
        synchronized (times) {
            return times.stream()
                    .filter(time -> time >= fromNanos && time <= toNanos)
                    .toList();
        }
    }

    /** The longest time between two acknowledgements in an interval, in milliseconds. */
    long longestGapMs(long fromNanos, long toNanos) {
        List<Long> all = between(fromNanos, toNanos);
        long longest = 0;
        for (int i = 1; i < all.size(); i++) {
            longest = Math.max(longest, all.get(i) - all.get(i - 1));
        }
        return TimeUnit.NANOSECONDS.toMillis(longest);
    }

    @Override
    public void close() {
        timer.shutdownNow();
        producer.close();
    }
}
