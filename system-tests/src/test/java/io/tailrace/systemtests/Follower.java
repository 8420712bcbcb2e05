package io.tailrace.systemtests;

import io.tailrace.client.Consumer;
import io.tailrace.client.ConsumerRecord;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.history.History;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Reads partitions from the beginning and on, from its making to its closing, and takes down what it gets. */
final class Follower implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(100);

    private final String reader;
    private final Consumer consumer;
    private final History<String> history;
    private final CompletableFuture<Void> reading;
    private volatile boolean closed;

    /**
     * Starts at once.
     *
     * @param reader its name in the history
     * @param consumer closed with this
     */
    Follower(String reader, Consumer consumer, List<TopicPartition> partitions, History<String> history) {
        this.reader = reader;
        this.consumer = consumer;
        this.history = history;
        consumer.assign(partitions);
        reading = CompletableFuture.runAsync(this::run, task -> new Thread(task, "follower").start());
    }

    private void run() {
        while (!closed) {
            for (ConsumerRecord record : consumer.poll(POLL)) {
                history.read(reader, record.topicPartition(), record.offset(), OurClients.text(record.value()));
            }
        }
    }

    /** Stops; fails if reading did. */
    @Override
    public void close() {
        closed = true;
        reading.join();
        consumer.close();
    }
}
