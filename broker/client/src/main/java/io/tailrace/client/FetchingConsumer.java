package io.tailrace.client;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The consumer. A background thread runs the {@link Fetcher}, which reads ahead into the {@link Assignment}, from which
 * polls take.
 *
 * <p>Fetches have their own connections. A broker answers in order and may hold a fetch until there are records, so a
 * commit or an offset lookup on the same connection would wait behind it.
 */
final class FetchingConsumer implements Consumer {
    private final ConsumerConfig config;
    private final Network fetchNetwork;
    private final Network network;
    private final Time time;
    private final CompletionQueue completions = new CompletionQueue();
    private final Assignment assignment = new Assignment();
    private final Metadata metadata;
    private final @Nullable GroupOffsetCalls offsets;
    private final Fetcher fetcher;
    private final Retry retry;
    private final Thread thread;
    private boolean wakeup;
    private volatile boolean closed;
    private volatile @Nullable Throwable threadFailure;

    FetchingConsumer(ConsumerConfig config) {
        this(
                config,
                new SocketNetwork(config.client(), Time.SYSTEM),
                new SocketNetwork(config.client(), Time.SYSTEM),
                Time.SYSTEM);
        thread.start();
    }

    /** A consumer without a background thread: the owner calls {@link #step}. */
    FetchingConsumer(ConsumerConfig config, Network fetchNetwork, Network network, Time time) {
        this.config = config;
        this.fetchNetwork = fetchNetwork;
        this.network = network;
        this.time = time;
        int timeoutMs = config.client().requestTimeoutMs();
        Backoff backoff =
                new Backoff(config.client(), () -> ThreadLocalRandom.current().nextDouble());
        this.retry = new Retry(timeoutMs, backoff, time);
        this.metadata = new Metadata(config.client(), network, completions, time, backoff, false);
        this.offsets = config.group()
                .map(group ->
                        new GroupOffsetCalls(group, network, metadata::anyBroker, metadata::avoidBroker, timeoutMs))
                .orElse(null);
        Positions positions = new Positions(config, network, completions, metadata, assignment, offsets, time, backoff);
        this.fetcher = new Fetcher(config, fetchNetwork, completions, metadata, assignment, positions, time, backoff);
        this.thread = new Thread(this::run, config.client().clientId() + "-fetcher");
        thread.setDaemon(true);
    }

    private void run() {
        try {
            while (!closed) {
                completions.await(step() - time.elapsedMs());
            }
        } catch (RuntimeException | Error e) {
            threadFailure = e;
            synchronized (assignment) {
                assignment.notifyAll();
            }
            throw e;
        }
    }

    /** Does all that can be done now. Returns the time by which to call again. */
    long step() {
        return fetcher.step(time.elapsedMs());
    }

    @Override
    public void assign(Collection<TopicPartition> partitions) {
        ensureOpen();
        assignment.replace(partitions);
        partitions.forEach(partition -> metadata.add(partition.topic()));
        completions.wake();
    }

    @Override
    public Set<TopicPartition> assignment() {
        return assignment.partitions();
    }

    @Override
    public void seek(TopicPartition partition, long offset) {
        ensureOpen();
        if (offset < 0) {
            throw new IllegalArgumentException(partition + ": expected an offset of 0 or more, found " + offset);
        }
        synchronized (assignment) {
            assignment.assigned(partition).seek(offset);
        }
        completions.wake();
    }

    @Override
    public void seekToBeginning(Collection<TopicPartition> partitions) {
        seek(partitions, AssignedPartition.Start.EARLIEST);
    }

    @Override
    public void seekToEnd(Collection<TopicPartition> partitions) {
        seek(partitions, AssignedPartition.Start.LATEST);
    }

    private void seek(Collection<TopicPartition> partitions, AssignedPartition.Start start) {
        ensureOpen();
        synchronized (assignment) {
            partitions.forEach(partition -> assignment.assigned(partition).seek(start));
        }
        completions.wake();
    }

    @Override
    public List<ConsumerRecord> poll(Duration timeout) {
        long deadlineMs = time.elapsedMs() + timeout.toMillis();
        synchronized (assignment) {
            while (true) {
                ensureOpen();
                if (wakeup) {
                    wakeup = false;
                    return List.of();
                }
                List<ConsumerRecord> records = assignment.take(config.pollRecordsMax());
                if (!records.isEmpty()) {
                    completions.wake();
                    return records;
                }
                if (!await(deadlineMs)) {
                    return List.of();
                }
            }
        }
    }

    /** Waits for a change of the assignment. Returns false if the timeout passes. */
    private boolean await(long deadlineMs) {
        long leftMs = deadlineMs - time.elapsedMs();
        if (leftMs <= 0) {
            return false;
        }
        try {
            assignment.wait(leftMs);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClientException(ErrorCode.REQUEST_TIMED_OUT, "interrupted while waiting for records", e);
        }
    }

    @Override
    public long position(TopicPartition partition) {
        int timeoutMs = config.client().requestTimeoutMs();
        long deadlineMs = time.elapsedMs() + timeoutMs;
        synchronized (assignment) {
            while (true) {
                ensureOpen();
                AssignedPartition state = assignment.assigned(partition);
                if (state.hasPosition()) {
                    return state.position();
                }
                ClientException failure = state.takeFailure();
                if (failure != null) {
                    throw failure;
                }
                if (!await(deadlineMs)) {
                    throw new ClientException(
                            ErrorCode.REQUEST_TIMED_OUT,
                            partition + ": no position was found within " + timeoutMs + " ms");
                }
            }
        }
    }

    @Override
    public void commit(Map<TopicPartition, Long> toCommit) {
        GroupOffsetCalls group = group();
        if (!toCommit.isEmpty()) {
            retry.call("commit", () -> group.commit(toCommit));
        }
    }

    @Override
    public Map<TopicPartition, Long> committed(Collection<TopicPartition> partitions) {
        GroupOffsetCalls group = group();
        return partitions.isEmpty() ? Map.of() : retry.call("committed offsets", () -> group.fetch(partitions));
    }

    private GroupOffsetCalls group() {
        ensureOpen();
        if (offsets == null) {
            throw new IllegalStateException("offsets can only be committed for a group: set group.id");
        }
        return offsets;
    }

    private void ensureOpen() {
        if (closed) {
            throw new IllegalStateException("the consumer is closed");
        }
        Throwable failure = threadFailure;
        if (failure != null) {
            throw new IllegalStateException("the consumer has failed: " + failure, failure);
        }
    }

    @Override
    public void wakeup() {
        synchronized (assignment) {
            wakeup = true;
            assignment.notifyAll();
        }
    }

    @Override
    public void close() {
        closed = true;
        completions.wake();
        fetchNetwork.close();
        network.close();
        synchronized (assignment) {
            assignment.notifyAll();
        }
        try {
            thread.join(config.client().requestTimeoutMs());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
