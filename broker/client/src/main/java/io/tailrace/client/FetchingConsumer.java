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
 * The consumer: a thread of its own runs the {@link Fetcher}, which reads ahead into the {@link Assignment}; polls take
 * from there.
 *
 * <p>Fetches have connections of their own, since a broker answers in order and holds a fetch until there is something
 * to read: a commit or a lookup of offsets would wait behind it.
 */
final class FetchingConsumer implements Consumer {
    private final ConsumerConfig config;
    private final Network fetchNetwork;
    private final Network network;
    private final Time time;
    private final Mailbox mailbox = new Mailbox();
    private final Assignment assignment = new Assignment();
    private final Metadata metadata;
    private final @Nullable GroupOffsets offsets;
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

    /** A consumer whose thread is not started: its owner calls {@link #step}. */
    FetchingConsumer(ConsumerConfig config, Network fetchNetwork, Network network, Time time) {
        this.config = config;
        this.fetchNetwork = fetchNetwork;
        this.network = network;
        this.time = time;
        int timeoutMs = config.client().requestTimeoutMs();
        Backoff backoff =
                new Backoff(config.client(), () -> ThreadLocalRandom.current().nextDouble());
        this.retry = new Retry(timeoutMs, backoff, time);
        this.metadata = new Metadata(config.client(), network, mailbox, time, backoff, false);
        this.offsets = config.group()
                .map(group -> new GroupOffsets(group, network, metadata::anyBroker, metadata::avoidBroker, timeoutMs))
                .orElse(null);
        Positions positions = new Positions(config, network, mailbox, metadata, assignment, offsets, time, backoff);
        this.fetcher = new Fetcher(config, fetchNetwork, mailbox, metadata, assignment, positions, time, backoff);
        this.thread = new Thread(this::run, config.client().clientId() + "-fetcher");
        thread.setDaemon(true);
    }

    private void run() {
        try {
            while (!closed) {
                mailbox.await(step() - time.elapsedMs());
            }
        } catch (RuntimeException | Error e) {
            threadFailure = e;
            synchronized (assignment) {
                assignment.notifyAll();
            }
            throw e;
        }
    }

    /** Does what can be done now; returns when to be called again at the latest. */
    long step() {
        return fetcher.step(time.elapsedMs());
    }

    @Override
    public void assign(Collection<TopicPartition> partitions) {
        ensureOpen();
        assignment.replace(partitions);
        partitions.forEach(partition -> metadata.add(partition.topic()));
        mailbox.wake();
    }

    @Override
    public Set<TopicPartition> assignment() {
        return assignment.partitions();
    }

    @Override
    public void seek(TopicPartition partition, long offset) {
        ensureOpen();
        if (offset < 0) {
            throw new IllegalArgumentException(partition + ": an offset is not negative, is " + offset);
        }
        synchronized (assignment) {
            assignment.assigned(partition).seek(offset);
        }
        mailbox.wake();
    }

    @Override
    public void seekToBeginning(Collection<TopicPartition> partitions) {
        seek(partitions, PartitionState.Start.EARLIEST);
    }

    @Override
    public void seekToEnd(Collection<TopicPartition> partitions) {
        seek(partitions, PartitionState.Start.LATEST);
    }

    private void seek(Collection<TopicPartition> partitions, PartitionState.Start start) {
        ensureOpen();
        synchronized (assignment) {
            partitions.forEach(partition -> assignment.assigned(partition).seek(start));
        }
        mailbox.wake();
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
                    mailbox.wake();
                    return records;
                }
                if (!await(deadlineMs)) {
                    return List.of();
                }
            }
        }
    }

    /** Waits for a change of the assignment; false when the time is up. */
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
                PartitionState state = assignment.assigned(partition);
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
        GroupOffsets group = group();
        if (!toCommit.isEmpty()) {
            retry.call("commit", () -> group.commit(toCommit));
        }
    }

    @Override
    public Map<TopicPartition, Long> committed(Collection<TopicPartition> partitions) {
        GroupOffsets group = group();
        return partitions.isEmpty() ? Map.of() : retry.call("committed offsets", () -> group.fetch(partitions));
    }

    private GroupOffsets group() {
        ensureOpen();
        if (offsets == null) {
            throw new IllegalStateException("offsets are committed for a group: set group.id");
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
        mailbox.wake();
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
