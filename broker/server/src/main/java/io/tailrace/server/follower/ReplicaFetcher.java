package io.tailrace.server.follower;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.message.FetchRequest;
import io.tailrace.protocol.message.FetchResponse;
import io.tailrace.server.config.ReplicationConfig;
import io.tailrace.server.partition.Partition;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies partitions from one broker that leads them, on its own thread, with one fetch at a time for all of them. Thread-safe.
 */
final class ReplicaFetcher implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicaFetcher.class);
    private static final int BYTES_MIN = 1;
    private static final long END_MS_MAX = 10_000;

    /** This broker: its id and the epoch of its current registration. */
    record Self(int brokerId, LongSupplier brokerEpoch) {}

    private final int leader;
    private final Self self;
    private final ReplicationConfig config;
    private final LeaderLink.Opener links;
    private final LongSupplier steadyMs;
    private final Thread thread;

    private final AnswerHandler answers;

    /** Guarded by this object's monitor, as are the fields below. */
    private final FetchSchedule schedule;

    /** Whether a fetch is in flight, or about to be. */
    private boolean fetching;

    private boolean closed;
    private @Nullable LeaderLink link;

    ReplicaFetcher(int leader, Fetchers.Settings settings, String name) {
        this.leader = leader;
        this.self = settings.self();
        this.config = settings.config();
        this.links = settings.links();
        this.steadyMs = settings.steadyMs();
        this.answers = new AnswerHandler(leader, settings.throttle(), steadyMs);
        this.schedule = new FetchSchedule(settings.throttle());
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Starts copying a partition in this leader epoch only. */
    synchronized void add(Partition partition, int leaderEpoch) {
        acknowledgeWhenDurable(schedule.add(partition, leaderEpoch));
        wake();
    }

    synchronized void remove(TopicPartition partition) {
        schedule.remove(partition);
    }

    synchronized long lagMax() {
        return schedule.lagMax();
    }

    private void acknowledgeWhenDurable(FetchState state) {
        Partition partition = state.partition();
        state.acknowledgeAfter(partition.durable(partition.logEndOffset()), this::wake);
    }

    /** Called when there is something to ask for that the fetch in flight does not ask for. */
    synchronized void wake() {
        notifyAll();
        if (fetching && link != null) {
            link.endWait();
        }
    }

    private void run() {
        int failures = 0;
        try {
            while (!isClosed()) {
                Optional<FetchRequest> request = nextFetch();
                if (request.isEmpty()) {
                    // Nothing is copied from this leader now.
                    dropLink();
                    continue;
                }
                try {
                    FetchResponse answer = link().fetch(request.get());
                    answered(answer);
                    take(request.get(), answer);
                    failures = 0;
                } catch (IOException | RuntimeException e) {
                    failed(e, ++failures);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            dropLink();
        }
    }

    /** Waits for partitions that are due. Empty when closed, and when there is a link but no partition left to use it. */
    private synchronized Optional<FetchRequest> nextFetch() throws InterruptedException {
        while (!closed) {
            long nowMs = steadyMs.getAsLong();
            fetching = schedule.prepare(nowMs, config.partitionBytesMax());
            if (fetching) {
                return Optional.of(schedule.next(fetchWithoutPartitions(nowMs)));
            }
            if (schedule.isEmpty() && link != null) {
                return Optional.empty();
            }
            wait(schedule.msUntilNext(nowMs));
        }
        return Optional.empty();
    }

    private synchronized void answered(FetchResponse answer) {
        fetching = false;
        schedule.answered(answer);
    }

    private synchronized FetchRequest fetchWithoutPartitions(long nowMs) {
        long untilNextMs = schedule.msUntilNext(nowMs);
        return FetchRequest.ofFollower(
                self.brokerId(),
                self.brokerEpoch().getAsLong(),
                (int) Math.min(config.fetchWaitMsMax(), untilNextMs == 0 ? Long.MAX_VALUE : untilNextMs),
                BYTES_MIN,
                config.responseBytesMax(),
                List.of());
    }

    private LeaderLink link() throws IOException {
        synchronized (this) {
            if (link != null) {
                return link;
            }
        }
        LeaderLink opened = links.open(leader);
        synchronized (this) {
            link = opened;
            if (closed) {
                throw new IOException("the fetcher is closed");
            }
        }
        return opened;
    }

    private void take(FetchRequest request, FetchResponse answer) {
        if (answer.errorCode() != ErrorCode.NONE) {
            LOG.debug(
                    "Fetch session is closed, the next fetch opens another: leader broker {}: {}",
                    leader,
                    answer.errorCode());
            return;
        }
        Set<TopicPartition> answered = new HashSet<>();
        for (FetchResponse.Topic topic : answer.topics()) {
            for (FetchResponse.Partition part : topic.partitions()) {
                TopicPartition partition = new TopicPartition(topic.topic(), part.partitionIndex());
                answered.add(partition);
                FetchState state = asked(partition);
                if (state != null) {
                    settle(state, answers.takeOrPause(state, part));
                }
            }
        }
        // A leader leaves out partitions without news.
        for (FetchRequest.Topic topic : request.topics()) {
            for (FetchRequest.Partition part : topic.partitions()) {
                TopicPartition partition = new TopicPartition(topic.topic(), part.partition());
                FetchState state = asked(partition);
                if (state != null && !answered.contains(partition)) {
                    settle(state, true);
                }
            }
        }
    }

    private synchronized @Nullable FetchState asked(TopicPartition partition) {
        return schedule.asked(partition);
    }

    private synchronized void settle(FetchState state, boolean succeeded) {
        schedule.unsettle(state);
        if (succeeded) {
            if (state.succeeded()) {
                LOG.info(
                        "Partition is copied again: {}, leader broker {}",
                        state.partition().id(),
                        leader);
            }
            acknowledgeWhenDurable(state);
        } else {
            state.failed(steadyMs.getAsLong(), config.backoffMs());
        }
    }

    private void failed(Exception e, int failures) throws InterruptedException {
        dropLink();
        synchronized (this) {
            schedule.failed();
        }
        long pauseMs = FetchState.pauseMs(failures, config.backoffMs());
        if (e instanceof RuntimeException) {
            LOG.error("Answer cannot be handled, trying again in {} ms: leader broker {}", pauseMs, leader, e);
        } else if (failures == 1 && !isClosed()) {
            LOG.warn("Fetch failed, trying again: leader broker {}: {}", leader, e.getMessage());
        }
        pause(pauseMs);
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    private synchronized void pause(long pauseMs) throws InterruptedException {
        long endMs = steadyMs.getAsLong() + pauseMs;
        for (long left = pauseMs; left > 0 && !closed; left = endMs - steadyMs.getAsLong()) {
            wait(left);
        }
    }

    private void dropLink() {
        LeaderLink dropped;
        synchronized (this) {
            dropped = link;
            link = null;
        }
        if (dropped != null) {
            dropped.close();
        }
    }

    /** Ends the fetch in flight, and the thread. Must not be called under a partition's lock. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        dropLink();
        try {
            thread.join(END_MS_MAX);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
