package io.tailrace.server.follower;

import io.tailrace.log.AppendResult;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.RecordsPayload;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.message.FetchRequest;
import io.tailrace.protocol.message.FetchResponse;
import io.tailrace.protocol.message.FetchResponse.EpochEndOffset;
import io.tailrace.replication.EpochEnd;
import io.tailrace.replication.Event;
import io.tailrace.server.config.ReplicationConfig;
import io.tailrace.server.partition.Partition;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

    /** Guarded by this object's monitor, as is everything below. */
    private final Map<TopicPartition, Following> followings = new LinkedHashMap<>();

    private int turn;
    private boolean closed;
    private @Nullable LeaderLink link;

    ReplicaFetcher(
            int leader,
            Self self,
            ReplicationConfig config,
            LeaderLink.Opener links,
            LongSupplier steadyMs,
            String name) {
        this.leader = leader;
        this.self = self;
        this.config = config;
        this.links = links;
        this.steadyMs = steadyMs;
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Copies a partition from now on, in this leader epoch and in no other. */
    synchronized void add(Partition partition, int leaderEpoch) {
        followings.put(partition.id(), new Following(partition, leaderEpoch));
        notifyAll();
    }

    synchronized void remove(TopicPartition partition) {
        followings.remove(partition);
    }

    private void run() {
        int failures = 0;
        try {
            for (FetchRound round = awaitRound(); round != null; round = awaitRound()) {
                try {
                    take(round, link().fetch(request(round)));
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

    /** Waits until there is something to ask for; null when closed. */
    private synchronized @Nullable FetchRound awaitRound() throws InterruptedException {
        while (!closed) {
            long nowMs = steadyMs.getAsLong();
            FetchRound round = new FetchRound();
            List<Following> inTurn = new ArrayList<>(followings.values());
            // Who is first is given a batch of any size: everybody is in turn.
            Collections.rotate(inTurn, inTurn.isEmpty() ? 0 : -(turn++ % inTurn.size()));
            for (Following following : inTurn) {
                if (following.retryAtMs() <= nowMs) {
                    round.add(following, config.partitionBytesMax());
                }
            }
            if (!round.isEmpty()) {
                return round;
            }
            wait(msUntilRetry(nowMs));
        }
        return null;
    }

    /** Time until one more partition may be asked for, 0 if there is none that waits for its time. */
    private synchronized long msUntilRetry(long nowMs) {
        return followings.values().stream()
                .mapToLong(following -> following.retryAtMs() - nowMs)
                .filter(ms -> ms > 0)
                .min()
                .orElse(0);
    }

    private FetchRequest request(FetchRound round) {
        long untilRetryMs = msUntilRetry(steadyMs.getAsLong());
        int waitMs = (int) Math.min(config.fetchWaitMsMax(), untilRetryMs == 0 ? Long.MAX_VALUE : untilRetryMs);
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
        AppendResult.Refused refused =
                partition.copy(epoch, records.buffer(), answer.highWatermark()).orElse(null);
        if (refused != null) {
            LOG.warn("{} cannot take what broker {} sent: {}", partition.id(), leader, refused.reason());
        }
        return refused == null;
    }

    private synchronized void settle(Following following, boolean succeeded) {
        if (succeeded) {
            following.succeeded();
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
