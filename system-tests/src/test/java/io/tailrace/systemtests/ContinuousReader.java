package io.tailrace.systemtests;

import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.history.History;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A thread that reads partitions from the beginning until it is closed, and records what it reads in a history. */
final class ContinuousReader implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(100);

    private final String reader;
    private final Receiver receiver;
    private final History<String> history;
    private final CompletableFuture<Void> reading;
    private volatile boolean closed;

    /**
     * Starts reading.
     *
     * @param reader the consumer's name in the history
     * @param receiver closed together with the reader
     */
    ContinuousReader(String reader, Receiver receiver, List<TopicPartition> partitions, History<String> history) {
        this.reader = reader;
        this.receiver = receiver;
        this.history = history;
        receiver.assign(partitions);
        reading = CompletableFuture.runAsync(this::run, task -> new Thread(task, "reader").start());
    }

    private void run() {
        while (!closed) {
            for (Receiver.Received record : receiver.poll(POLL)) {
                history.read(reader, record.partition(), record.offset(), record.value());
            }
        }
    }

    /** Fails if reading has failed. */
    void assertNotFailed() {
        if (reading.isDone()) {
            reading.join();
        }
    }

    /** Stops reading. Fails if reading has failed. */
    @Override
    public void close() {
        closed = true;
        reading.join();
        receiver.close();
    }
}
