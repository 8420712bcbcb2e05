package io.tailrace.systemtests;

import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.history.History;
import java.util.List;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;

/**
 * Sends numbered records to partitions in turn, as fast as they are acknowledged, from its making to its closing, and takes
 * down in a history what became of each.
 */
final class Load implements AutoCloseable {
    private static final int UNANSWERED_MAX = 300;
    private static final String FILLER = "x".repeat(80);

    private final String producer;
    private final Sender sender;
    private final List<TopicPartition> partitions;
    private final History<String> history;
    private final Semaphore room = new Semaphore(UNANSWERED_MAX);
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final Thread thread = new Thread(this::run, "load");
    private volatile boolean closed;

    /**
     * Starts at once.
     *
     * @param producer its name in the history
     * @param sender closed with this
     */
    Load(String producer, Sender sender, List<TopicPartition> partitions, History<String> history) {
        this.producer = producer;
        this.sender = sender;
        this.partitions = partitions;
        this.history = history;
        thread.start();
    }

    private void run() {
        for (int number = 0; !closed; number++) {
            TopicPartition partition = partitions.get(number % partitions.size());
            String value = producer + " " + number + " " + FILLER;
            room.acquireUninterruptibly();
            history.sending(producer, partition, value);
            CompletableFuture<OptionalLong> unused = sender.send(partition, value)
                    .whenComplete((offset, failure) -> {
                        if (failure == null) {
                            history.acknowledged(value, offset);
                        } else {
                            failures.add(failure);
                        }
                        room.release();
                    });
        }
    }

    /** Why sends were given up, if any were. */
    List<Throwable> failures() {
        return List.copyOf(failures);
    }

    /** Stops sending, and waits until every send is answered. */
    @Override
    public void close() {
        closed = true;
        room.acquireUninterruptibly(UNANSWERED_MAX);
        room.release(UNANSWERED_MAX);
        sender.close();
    }
}
