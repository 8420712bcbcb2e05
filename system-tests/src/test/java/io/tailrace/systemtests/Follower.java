package io.tailrace.systemtests;

import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.history.History;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Reads partitions from the beginning and on, from its making to its closing, and takes down what it gets. */
final class Follower implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(100);

    private final String reader;
    private final Receiver receiver;
    private final History<String> history;
    private final CompletableFuture<Void> reading;
    private volatile boolean closed;

    /**
     * Starts at once.
     *
     * @param reader its name in the history
     * @param receiver closed with this
     */
    Follower(String reader, Receiver receiver, List<TopicPartition> partitions, History<String> history) {
        this.reader = reader;
        this.receiver = receiver;
        this.history = history;
        receiver.assign(partitions);
        reading = CompletableFuture.runAsync(this::run, task -> new Thread(task, "follower").start());
    }

    private void run() {
        while (!closed) {
            for (Receiver.Received record : receiver.poll(POLL)) {
                history.read(reader, record.partition(), record.offset(), record.value());
            }
        }
    }

    /** Fails if reading did. */
    void assertReads() {
        if (reading.isDone()) {
            reading.join();
        }
    }

    /** Stops; fails if reading did. */
    @Override
    public void close() {
        closed = true;
        reading.join();
        receiver.close();
    }
}
