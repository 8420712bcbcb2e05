package io.tailrace.systemtests;

import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.history.History;
import java.util.List;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * A thread that sends numbered records to partitions round-robin, in bursts, until it is closed, and records the outcome of
 * each in a history. The number in flight is bounded, so one partition that accepts nothing soon stops the load.
 */
final class Load implements AutoCloseable {
    /** No rate limit: as fast as records are acknowledged. */
    static final int UNLIMITED = Integer.MAX_VALUE;

    private static final int IN_FLIGHT_MAX = 300;
    private static final int BURST = 50;
    private static final String FILLER = "x".repeat(80);

    private final String producer;
    private final Sender sender;
    private final List<TopicPartition> partitions;
    private final History<String> history;
    private final int perSecondMax;
    private final AtomicInteger answered = new AtomicInteger();
    private final Semaphore room = new Semaphore(IN_FLIGHT_MAX);
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final Thread thread = new Thread(this::run, "load");
    private volatile boolean closed;

    /** Starts sending without a rate limit. */
    Load(String producer, Sender sender, List<TopicPartition> partitions, History<String> history) {
        this(producer, sender, partitions, history, UNLIMITED);
    }

    /**
     * Starts sending.
     *
     * @param producer the producer's name in the history
     * @param sender closed together with the load
     * @param perSecondMax upper bound of records per second, on average
     */
    Load(String producer, Sender sender, List<TopicPartition> partitions, History<String> history, int perSecondMax) {
        this.producer = producer;
        this.sender = sender;
        this.partitions = partitions;
        this.history = history;
        this.perSecondMax = perSecondMax;
        thread.start();
    }

    private void run() {
        long startNs = System.nanoTime();
        for (int number = 0; !closed; number++) {
            if (number % BURST == 0) {
                awaitTurn(startNs + number * TimeUnit.SECONDS.toNanos(1) / perSecondMax);
            }
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
                        answered.incrementAndGet();
                        room.release();
                    });
        }
    }

    private void awaitTurn(long turnNs) {
        for (long left = turnNs - System.nanoTime(); left > 0 && !closed; left = turnNs - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    /** Turns true when every partition has acknowledged records sent after this call. */
    BooleanSupplier progress() {
        int target = answered.get() + 2 * IN_FLIGHT_MAX;
        return () -> answered.get() >= target;
    }

    /** The causes of failed sends. */
    List<Throwable> failures() {
        return List.copyOf(failures);
    }

    /** Stops sending and waits until no send is in flight. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        room.acquireUninterruptibly(IN_FLIGHT_MAX);
        room.release(IN_FLIGHT_MAX);
        sender.close();
    }
}
