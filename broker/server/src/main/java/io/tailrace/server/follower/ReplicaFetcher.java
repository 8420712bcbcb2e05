package io.tailrace.server.follower;

import io.tailrace.log.AppendResult;
import io.tailrace.protocol.EpochEnd;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.RecordsPayload;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.message.FetchRequest;
import io.tailrace.protocol.message.FetchResponse;
import io.tailrace.protocol.message.FetchResponse.EpochEndOffset;
import io.tailrace.replication.Event;
import io.tailrace.server.config.ReplicationConfig;
import io.tailrace.server.partition.LeaderAnswer;
import io.tailrace.server.partition.Partition;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies partitions from one broker that leads them, with one fetch at a time for all. Thread-safe; the work is done by
 * a thread of its own.
 */
final class ReplicaFetcher implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicaFetcher.class);
    private static final int BYTES_MIN = 1;
    private static final long END_MS_MAX = 10_000;

    /** Who asks: a broker's id, and the epoch under which it is registered now. */
    record Self(int brokerId, LongSupplier brokerEpoch) {}

    private final int leader;
    private final Self self;
    private final ReplicationConfig config;
    private final LeaderLink.Opener links;
    private final LongSupplier steadyMs;
    private final Thread thread;

    private final CopyThrottle throttle;

    /** Guarded by this object's monitor, as is everything below. */
    private final Followings followings;

    /** Whether a fetch is out, or about to be. */
    private boolean asking;

    private boolean closed;
    private @Nullable LeaderLink link;

    ReplicaFetcher(int leader, Fetchers.Settings settings, String name) {
        this.leader = leader;
        this.self = settings.self();
        this.config = settings.config();
        this.links = settings.links();
        this.steadyMs = settings.steadyMs();
        this.throttle = settings.throttle();
        this.followings = new Followings(throttle);
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Copies a partition from now on, in this leader epoch and in no other. */
    synchronized void add(Partition partition, int leaderEpoch) {
        acknowledgeWhenDurable(followings.add(partition, leaderEpoch));
        wake();
    }

    synchronized void remove(TopicPartition partition) {
        followings.remove(partition);
    }

    private void acknowledgeWhenDurable(Following following) {
        Partition partition = following.partition();
        following.acknowledgeAfter(partition.durable(partition.logEndOffset()), this::wake);
    }

    /** There is something to ask for that a fetch which is out does not ask for. */
    synchronized void wake() {
        notifyAll();
        if (asking && link != null) {
            link.endWait();
        }
    }

    private void run() {
        int failures = 0;
        try {
            while (!isClosed()) {
                FetchRound round = nextRound();
                if (round.isEmpty()) {
                    // Nothing is copied from there any more.
                    dropLink();
                    continue;
                }
                try {
                    FetchResponse answer = link().fetch(request(round));
                    stopAsking();
                    take(round, answer);
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

    /** Waits until there is something to ask for. Empty when closed, and when the link has become of no use. */
    private synchronized FetchRound nextRound() throws InterruptedException {
        while (!closed) {
            long nowMs = steadyMs.getAsLong();
            FetchRound round = followings.round(nowMs, config.partitionBytesMax());
            asking = !round.isEmpty();
            if (asking || (followings.isEmpty() && link != null)) {
                return round;
            }
            wait(followings.msUntilNext(nowMs));
        }
        return new FetchRound();
    }

    private synchronized void stopAsking() {
        asking = false;
    }

    private synchronized FetchRequest request(FetchRound round) {
        long untilNextMs = followings.msUntilNext(steadyMs.getAsLong());
        int waitMs = (int) Math.min(config.fetchWaitMsMax(), untilNextMs == 0 ? Long.MAX_VALUE : untilNextMs);
        return FetchRequest.ofFollower(
                self.brokerId(),
                self.brokerEpoch().getAsLong(),
                waitMs,
                BYTES_MIN,
                config.responseBytesMax(),
                round.topics());
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

    private void take(FetchRound round, FetchResponse answer) {
        for (FetchResponse.Topic topic : answer.topics()) {
            for (FetchResponse.Partition part : topic.partitions()) {
                Following following = round.asked(new TopicPartition(topic.topic(), part.partitionIndex()));
                if (following != null) {
                    settle(following, take(following, part));
                }
            }
        }
    }

    /** Gives the answer to the partition; false if it should be left out for a while. */
    private boolean take(Following following, FetchResponse.Partition answer) {
        Partition partition = following.partition();
        int epoch = following.leaderEpoch();
        if (answer.errorCode() == ErrorCode.OFFSET_OUT_OF_RANGE) {
            partition.handle(new Event.FellBehind(epoch, answer.logStartOffset()));
            return false;
        }
        if (answer.errorCode() != ErrorCode.NONE) {
            LOG.debug("broker {} refuses {} in epoch {}: {}", leader, partition.id(), epoch, answer.errorCode());
            return false;
        }
        EpochEndOffset diverging = answer.divergingEpoch();
        if (!diverging.equals(EpochEndOffset.NONE)) {
            LOG.info("{} departs from its leader, broker {}: {}", partition.id(), leader, diverging);
            partition.handle(new Event.Diverged(epoch, new EpochEnd(diverging.epoch(), diverging.endOffset())));
            return true;
        }
        RecordsPayload records = answer.records() == null ? RecordsPayload.EMPTY : answer.records();
        throttle.copied(partition, records.sizeInBytes(), steadyMs.getAsLong());
        LeaderAnswer sent = new LeaderAnswer(epoch, records.buffer(), answer.highWatermark(), answer.logStartOffset());
        AppendResult.Refused refused = partition.copy(sent).orElse(null);
        if (refused != null && !following.hasFailed()) {
            LOG.warn(
                    "{} cannot take what broker {} sent, and will ask again until it can: {}",
                    partition.id(),
                    leader,
                    refused.reason());
        }
        return refused == null;
    }

    private synchronized void settle(Following following, boolean succeeded) {
        if (succeeded) {
            if (following.hasFailed()) {
                LOG.info("{} copies from broker {} again", following.partition().id(), leader);
            }
            following.succeeded();
            acknowledgeWhenDurable(following);
        } else {
            following.failed(steadyMs.getAsLong(), config.backoffMs());
        }
    }

    private void failed(Exception e, int failures) throws InterruptedException {
        dropLink();
        long pauseMs = Following.pauseMs(failures, config.backoffMs());
        if (e instanceof RuntimeException) {
            LOG.error("what broker {} sent cannot be taken over; trying again in {} ms", leader, pauseMs, e);
        } else if (failures == 1 && !isClosed()) {
            LOG.warn("no copying from broker {}, will be tried again: {}", leader, e.getMessage());
        }
        pause(pauseMs);
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    private synchronized void pause(long pauseMs) throws InterruptedException {
        long endNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(pauseMs);
        for (long left = pauseMs; left > 0 && !closed; ) {
            wait(left);
            left = TimeUnit.NANOSECONDS.toMillis(endNanos - System.nanoTime());
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

    /** Ends the fetch that is under way, and the thread. Not to be called under a partition's lock. */
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
