package io.tailrace.simulation;

import io.tailrace.log.AppendResult;
import io.tailrace.log.LogSlice;
import io.tailrace.protocol.EpochEnd;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.Event;
import io.tailrace.replication.FollowerFetch;
import io.tailrace.replication.Leader;
import io.tailrace.replication.LogView;
import io.tailrace.replication.PartitionRules;
import io.tailrace.replication.Replica;
import io.tailrace.replication.cluster.Incarnation;
import io.tailrace.replication.cluster.PartitionState;
import io.tailrace.server.config.BrokerConfig;
import io.tailrace.server.config.TopicSettings;
import io.tailrace.server.partition.Append;
import io.tailrace.server.partition.Clocks;
import io.tailrace.server.partition.ClusterActions;
import io.tailrace.server.partition.ConsumerFetch;
import io.tailrace.server.partition.LeaderAnswer;
import io.tailrace.server.partition.Partition;
import io.tailrace.server.partition.PartitionContext;
import io.tailrace.server.partition.PartitionLifecycle;
import io.tailrace.server.partition.Partitions;
import io.tailrace.server.partition.Read;
import io.tailrace.server.partition.ReadWaiter;
import io.tailrace.simulation.Disk.Batch;
import io.tailrace.simulation.Disk.Entry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Production's partition in one process, over a log in memory. Simulated are the requests that come to it and what it asks
 * of the cluster.
 */
final class SimulatedPartition implements ClusterActions {
    static final TopicPartition ID = new TopicPartition(Store.TOPIC, 0);
    private static final PartitionRules RULES = new PartitionRules(200);
    private static final TopicSettings DEFAULTS =
            BrokerConfig.of(Map.of("broker.id", "1")).topicDefaults().with(Map.of());
    private static final int BATCHES_READ_MAX = 8;

    /**
     * The answer to a fetch.
     *
     * @param batches empty with an error or a divergence
     */
    record Fetched(
            ErrorCode error, @Nullable EpochEnd diverging, ByteBuffer batches, long highWatermark, long startOffset) {
        boolean isEmpty() {
            return error == ErrorCode.NONE && diverging == null && !batches.hasRemaining();
        }
    }

    /** The answer to a produce; an offset only without an error. */
    record Produced(ErrorCode error, long offset) {}

    private final Cluster cluster;
    private final BrokerProcess process;
    private final Disk disk;
    private final Following following;
    private final Partition partition;
    /** Each process has its own, so that a late fetch of the one before does not change it. */
    private final Map<Incarnation, FollowerSession> sessions = new HashMap<>();

    private int fetchesWaited;

    SimulatedPartition(Cluster cluster, BrokerProcess process) {
        this.cluster = cluster;
        this.process = process;
        disk = process.broker().disk();
        following = new Following(cluster, process, this);
        Clocks clocks = new Clocks(cluster.timeline::nowMs, cluster.timeline::nowMs);
        PartitionContext context = new PartitionContext(
                RULES, this, cluster.workload.started(process), cluster.workload.lease(process), clocks);
        partition = new PartitionLifecycle(process.id(), new Partitions(process::image), context)
                .open(disk.log(), new UUID(0, 1), settings(cluster.settings.minInsync()), disk.highWatermark());
    }

    private TopicSettings settings(int minInsync) {
        return new TopicSettings(
                DEFAULTS.log(),
                DEFAULTS.rules(),
                DEFAULTS.messageBytesMax(),
                DEFAULTS.deletesRecords(),
                cluster.settings.policy(minInsync));
    }

    Replica replica() {
        return partition.replica();
    }

    Disk disk() {
        return disk;
    }

    /** Production's partition. */
    Partition production() {
        return partition;
    }

    void handle(Event event) {
        Replica before = partition.replica();
        partition.handle(event);
        if (before != partition.replica()) {
            cluster.tell(() -> "broker %d: %s; %s".formatted(process.id(), describe(event), this));
            observe();
        }
    }

    private static String describe(Event event) {
        return event instanceof Event.BrokersChanged changed
                ? "brokers " + changed.brokers().keySet()
                : event.toString();
    }

    @Override
    public String toString() {
        LogView log = replica().log();
        return "%s, log %d to %d, high watermark %d, epochs %s"
                .formatted(
                        replica().getClass().getSimpleName(),
                        log.startOffset(),
                        log.endOffset(),
                        log.highWatermark(),
                        log.epochs());
    }

    void setMinInsync(int minInsync) {
        partition.reconfigure(settings(minInsync));
        handle(new Event.MinInsyncChanged(minInsync));
        observe();
    }

    /** What runs beside the partition may have appended to it. */
    void mayHaveGrown(long endOffsetBefore) {
        if (disk.endOffset() > endOffsetBefore) {
            process.wrote();
            observe();
        }
    }

    /** Appends what no client of this simulation has asked for, if this broker leads. */
    void appendForeign(ByteBuffer batch) {
        long before = disk.endOffset();
        partition.append(batch, Replica.ANY_EPOCH, true);
        mayHaveGrown(before);
    }

    /** This broker's lease has ended. */
    void leaseEnded() {
        partition.leaseEnded();
    }

    /** Records what the high watermark covers, before anybody is told. */
    private void observe() {
        cluster.invariants.somethingChanged();
        if (partition.replica() instanceof Leader leader) {
            cluster.promises.commit(leader.leaderEpoch(), disk, leader.log().highWatermark());
        }
    }

    /** Produces one record, answered when it is acknowledged as {@code acks} (-1 for all, 1, 0) demands. */
    void produce(int acks, Batch batch, long value, Consumer<Produced> answer) {
        boolean allInsync = acks < 0;
        if (!appendsFirst(acks) && replica() instanceof Leader) {
            answer.accept(new Produced(ErrorCode.NONE, disk.endOffset()));
            return;
        }
        Append append = partition.append(Entry.encode(batch, value), Replica.ANY_EPOCH, allInsync);
        AppendResult result = append.result();
        if (result instanceof AppendResult.Appended appended) {
            process.wrote();
            observe();
            if (allInsync) {
                cluster.invariants.appendsForAllInsync((Leader) replica());
            }
            acknowledge(allInsync, append, appended.baseOffset(), appended.nextOffset(), answer);
        } else if (result instanceof AppendResult.Duplicate earlier) {
            acknowledge(allInsync, append, earlier.baseOffset(), earlier.nextOffset(), answer);
        } else if (result instanceof AppendResult.Refused refused) {
            answer.accept(new Produced(refused.error(), -1));
        }
    }

    /** Whatever is acknowledged, with any {@code acks}, is in the leader's log before. */
    boolean appendsFirst(int acks) {
        return acks >= -1;
    }

    private void acknowledge(
            boolean allInsync, Append append, long offset, long nextOffset, Consumer<Produced> answer) {
        if (allInsync) {
            whenAcknowledged(append, nextOffset, error -> answer.accept(new Produced(error, offset)));
        } else {
            answer.accept(new Produced(ErrorCode.NONE, offset));
        }
    }

    /** Answers when every in-sync replica has what is below an offset, or with an error if it cannot be known. */
    void whenAcknowledged(Append append, long nextOffset, Consumer<ErrorCode> answer) {
        if (append.acknowledged()) {
            answer.accept(ErrorCode.NONE);
            return;
        }
        partition.awaitAcks(nextOffset, append.leaderEpoch(), error -> {
            observe();
            answer.accept(error);
        });
    }

    /** Answers a follower when there is something for it, or after a while. */
    void fetch(FollowerFetch fetch, Consumer<Fetched> answer) {
        FollowerSession session = sessions.computeIfAbsent(
                fetch.follower(), follower -> new FollowerSession(partition, follower.brokerId()));
        if (session.names(fetch) || session.mustCount(fetch)) {
            handle(new Event.Fetched(asSent(fetch)));
        }
        Fetched first = read(fetch);
        if (first.isEmpty()) {
            new WaitingFetch(session, fetch, answer).begin();
        } else {
            answer.accept(first);
        }
    }

    /** A fetch counts for the incarnation that sent it, whichever is registered by now. */
    private FollowerFetch asSent(FollowerFetch fetch) {
        return fetch;
    }

    /** A follower's fetch that waits for records, as the server's handler does. */
    private final class WaitingFetch implements ReadWaiter {
        private final FollowerSession session;
        private final FollowerFetch fetch;
        private final Consumer<Fetched> answer;
        /** Determines the order of waking, which must not differ between runs. */
        private final int number = ++fetchesWaited;

        private boolean awake;
        private boolean answered;

        WaitingFetch(FollowerSession session, FollowerFetch fetch, Consumer<Fetched> answer) {
            this.session = session;
            this.fetch = fetch;
            this.answer = answer;
        }

        void begin() {
            partition.addFollower(this);
            process.later(cluster.between(10, 40), () -> process.onPartition(() -> retry(true)));
        }

        @Override
        public void wake() {
            if (!awake) {
                awake = true;
                process.later(0, () -> process.onPartition(() -> retry(false)));
            }
        }

        @Override
        public int hashCode() {
            return number;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return this == other;
        }

        private void retry(boolean isLast) {
            awake = false;
            if (answered) {
                return;
            }
            if (session.mustCount(fetch)) {
                handle(new Event.Fetched(asSent(fetch)));
            }
            Fetched fetched = read(fetch);
            if (isLast || !fetched.isEmpty()) {
                answered = true;
                partition.remove(this);
                answer.accept(fetched);
            }
        }
    }

    private Fetched read(FollowerFetch fetch) {
        return fetched(partition.read(fetch, bytesMax(), true));
    }

    /** Answers a consumer that expects this leader epoch. */
    Fetched consume(long offset, int currentLeaderEpoch) {
        return fetched(partition.read(new ConsumerFetch(offset, currentLeaderEpoch, false), bytesMax(), true));
    }

    private int bytesMax() {
        return (int) cluster.between(1, BATCHES_READ_MAX) * Entry.BYTES;
    }

    private static Fetched fetched(Read read) {
        LogSlice slice = read.slice();
        try {
            ByteBuffer batches = slice == null ? ByteBuffer.allocate(0) : slice.toBuffer();
            return new Fetched(read.error(), read.diverging(), batches, read.highWatermark(), read.logStartOffset());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            read.close();
        }
    }

    /** The latest offset for a client that expects this leader epoch; empty if it must ask again. */
    OptionalLong latestOffset(int currentLeaderEpoch) {
        Optional<Long> latest =
                partition.leadershipIn(currentLeaderEpoch).map(Leader::latestOffset, error -> Optional.empty());
        latest.ifPresent(offset -> cluster.invariants.answersLatestOffset(currentLeaderEpoch, offset));
        return latest.map(OptionalLong::of).orElseGet(OptionalLong::empty);
    }

    /** Gives a leader's answer to the partition; false if the next fetch must wait for a while. */
    boolean take(FollowerFetch fetch, Fetched answer) {
        int epoch = fetch.currentLeaderEpoch();
        EpochEnd diverging = answer.diverging();
        if (diverging != null) {
            handle(new Event.Diverged(epoch, diverging));
            return true;
        }
        if (answer.error() != ErrorCode.NONE) {
            if (answer.error() == ErrorCode.OFFSET_OUT_OF_RANGE) {
                handle(new Event.FellBehind(epoch, answer.startOffset()));
            }
            return false;
        }
        Optional<AppendResult.Refused> refused =
                partition.copy(new LeaderAnswer(epoch, answer.batches(), answer.highWatermark(), answer.startOffset()));
        process.wrote();
        observe();
        return refused.isEmpty();
    }

    /** Retention: each broker deletes what is below its high watermark when it likes. */
    void retain(long offset) {
        disk.log().deleteRecordsBefore(Math.min(offset, replica().log().highWatermark()));
        partition.logStartMayHaveMoved();
        observe();
    }

    @Override
    public void propose(Partition proposing, PartitionState next) {
        Event unknown = new Event.ProposalUnknown(next.version());
        process.link()
                .call(
                        () -> cluster.store.propose(next),
                        written -> report(written.<Event>map(Event.ProposalWritten::new)
                                // A write whose answer is lost is tried again, and then refused because of itself.
                                .filter(event -> !cluster.oneIn(20))
                                .orElseGet(() -> new Event.ProposalRefused(next.version()))),
                        () -> report(unknown));
    }

    @Override
    public void readBack(Partition proposing, int expectedVersion) {
        process.later(cluster.between(10, 60), () -> process.link()
                .call(
                        cluster.store::state,
                        state -> report(new Event.StateReadBack(expectedVersion, state.orElseThrow())),
                        () -> report(new Event.ProposalUnknown(expectedVersion))));
    }

    private void report(Event event) {
        process.later(cluster.between(0, 3), () -> process.onPartition(() -> handle(event)));
    }

    @Override
    public void startFetching(Partition follower, int leader, int leaderEpoch) {
        following.start(leader, leaderEpoch);
    }

    @Override
    public void stopFetching(Partition follower) {
        following.stop();
    }

    @Override
    public void logFailed(Partition failed) {
        throw new BrokenPromise("the log of broker " + process.id() + " failed, which nothing here makes it do");
    }
}
