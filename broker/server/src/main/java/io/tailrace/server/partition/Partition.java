package io.tailrace.server.partition;

import io.tailrace.log.ActiveProducer;
import io.tailrace.log.AppendResult;
import io.tailrace.log.LogSlice;
import io.tailrace.log.ReplicaLog;
import io.tailrace.log.TimestampedOffset;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.Event;
import io.tailrace.replication.FollowerFetch;
import io.tailrace.replication.Leadership;
import io.tailrace.replication.Replica;
import io.tailrace.server.config.TopicSettings;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;

/** A partition on this broker: a log, a role, and the requests that wait for it. Thread-safe. */
public final class Partition {
    private final TopicPartition id;
    private final UUID topicId;
    private final ReplicaLog log;
    private final Waiters waiters = new Waiters();
    private final ReplicaStateMachine role;
    private final LogErrors errors;
    private final LeaderLog leaderLog;
    private final ReplicaReads reads;
    private final FollowerLog followerLog;
    private final TopicTraffic traffic;
    private volatile TopicSettings settings;

    /**
     * A partition whose assignment has not arrived yet.
     *
     * @param log its log, which is open
     * @param replica its role at the start, at the log's offsets
     */
    Partition(ReplicaLog log, Replica replica, PartitionTopic topic, PartitionContext context) {
        this.id = log.partition();
        this.topicId = topic.id();
        this.log = log;
        this.settings = topic.settings();
        this.traffic = topic.traffic();
        Clocks clocks = context.clocks();
        role = new ReplicaStateMachine(this, log, replica, waiters, context);
        errors = new LogErrors(id, clocks.steadyMs(), role::logFailed);
        leaderLog = new LeaderLog(log, role, waiters, errors, clocks.wallMs());
        reads = new ReplicaReads(log, role, errors);
        followerLog = new FollowerLog(log, role, errors, clocks.wallMs());
    }

    /** Topic and index. */
    public TopicPartition id() {
        return id;
    }

    /** The id of its topic. A topic that is created again has the same name and another id. */
    public UUID topicId() {
        return topicId;
    }

    /** The topic's settings. */
    public TopicSettings settings() {
        return settings;
    }

    /** Counts of its topic. */
    public TopicTraffic traffic() {
        return traffic;
    }

    /** Applies changed settings, without waiting. The caller passes {@link Event.MinInsyncChanged} on. */
    public void reconfigure(TopicSettings changed) {
        settings = changed;
        log.reconfigure(changed.log());
    }

    /** The current role. It can change at any moment. */
    public Replica replica() {
        return role.replica();
    }

    /**
     * Whether this broker leads the partition, for a request that expects this leader epoch or
     * {@link Replica#ANY_EPOCH}. Ask this before answering a request that only a leader may answer.
     */
    public Leadership leadershipIn(int currentLeaderEpoch) {
        return role.leadershipIn(currentLeaderEpoch);
    }

    /** Steps the rules with an event and performs the effects. */
    public void handle(Event event) {
        role.handle(event);
    }

    /**
     * Like {@link #handle}, unless the partition stays busy for 2 ms: a thread that serves other partitions must not wait for an
     * append that waits for its disk. An interrupted thread stays interrupted, and tries the partition without waiting.
     *
     * @return whether the event was handled
     */
    public boolean tryHandle(Event event) {
        return role.tryHandle(event);
    }

    /**
     * Appends a validated batch if this broker leads the partition.
     *
     * @param batch its bytes; offset and leader epoch are stamped in place
     * @param leaderEpoch the epoch to append in, or {@link Replica#ANY_EPOCH}
     * @param allInsync whether all in-sync replicas must acknowledge it, so that there must be enough of them
     */
    public Append append(ByteBuffer batch, int leaderEpoch, boolean allInsync) {
        return append(new LeaderWrite.Batch(batch), leaderEpoch, allInsync);
    }

    /** Like the other method, also for batches of a transaction and for markers. */
    public Append append(LeaderWrite write, int leaderEpoch, boolean allInsync) {
        return leaderLog.append(write, leaderEpoch, allInsync);
    }

    /**
     * Like {@link #append} for all in-sync replicas, but only if the log ends at {@code expectedOffset}: otherwise it is refused
     * with {@code OFFSET_OUT_OF_RANGE}.
     *
     * @param leaderEpoch the epoch to append in
     */
    public Append appendAt(long expectedOffset, LeaderWrite write, int leaderEpoch) {
        return leaderLog.appendAt(expectedOffset, write, leaderEpoch);
    }

    /**
     * Calls {@code waiter} as soon as every in-sync replica has everything below {@code offset}, at once if they have. Calls
     * it with an error if this broker no longer leads in the epoch of the append: then the outcome cannot be known.
     *
     * @param leaderEpoch that of {@link Append}
     */
    public void awaitAcks(long offset, int leaderEpoch, AckWaiter waiter) {
        leaderLog.awaitAcks(offset, leaderEpoch, waiter);
    }

    /**
     * Deletes the records below {@code offset} if this broker leads the partition. Followers do the same when they next
     * fetch: {@link #awaitLowWatermark}.
     *
     * @param offset at most the high watermark; {@link io.tailrace.protocol.message.DeleteRecordsRequest#HIGH_WATERMARK}
     *     stands for it
     */
    public Deletion deleteRecordsBefore(long offset) {
        return leaderLog.deleteRecordsBefore(offset);
    }

    /**
     * Calls {@code waiter} as soon as no in-sync replica has records below {@code offset}, at once if none has. Calls it with
     * an error if this broker does not lead the partition then.
     */
    public void awaitLowWatermark(long offset, AckWaiter waiter) {
        leaderLog.awaitLowWatermark(offset, waiter);
    }

    /** Removes a waiter that gave up. */
    public void cancel(AckWaiter waiter) {
        ReentrantLock lock = role.lock();
        lock.lock();
        try {
            waiters.remove(waiter);
        } finally {
            role.unlock();
        }
    }

    /**
     * Answers all waiters: this broker's lease has ended. Waits no longer than {@link #tryHandle}: while the
     * partition is busy, its waiters for acknowledgements are left for the next call.
     */
    public void leaseEnded() {
        if (role.tryLock()) {
            try {
                waiters.failAcks(ErrorCode.NOT_LEADER_OR_FOLLOWER);
                waiters.failDeletions(ErrorCode.NOT_LEADER_OR_FOLLOWER);
            } finally {
                role.unlock();
            }
        }
        waiters.wakeReaders();
    }

    /**
     * Appends the records that the leader returned, if this broker still follows it in the epoch of the fetch.
     *
     * @return the log's refusal, if it refuses them
     */
    public Optional<AppendResult.Refused> copy(LeaderAnswer answer) {
        int bytes = answer.batches().remaining();
        Optional<AppendResult.Refused> refused = followerLog.copy(answer);
        if (refused.isEmpty()) {
            traffic.add(TopicTraffic.Counter.REPLICATION_BYTES_IN, bytes);
        }
        return refused;
    }

    /**
     * Reads for a consumer: below the high watermark. A leader whose lease or session has ended answers
     * {@code NOT_LEADER_OR_FOLLOWER} for any offset that is not in its log and below its high watermark.
     *
     * @param bytesMax bytes at most
     * @param atLeastOneBatch whether the first batch is read whole even if it is larger
     */
    public Read read(ConsumerFetch fetch, int bytesMax, boolean atLeastOneBatch) {
        return reads.read(fetch, bytesMax, atLeastOneBatch);
    }

    /**
     * Like {@link #read(ConsumerFetch, int, boolean)}, but a follower in sync serves the consumer, too (KIP-392): up to the high
     * watermark that it knows. A follower that lacks the offset answers {@code OFFSET_NOT_AVAILABLE}.
     */
    public Read readFromFollower(ConsumerFetch fetch, int bytesMax, boolean atLeastOneBatch) {
        return reads.readFromFollower(fetch, bytesMax, atLeastOneBatch);
    }

    /**
     * Reads for a follower: to the end of the log. Report the fetch as {@link Event.Fetched} before, once.
     *
     * @param bytesMax bytes at most
     * @param atLeastOneBatch whether the first batch is read whole even if it is larger
     */
    public Read read(FollowerFetch fetch, int bytesMax, boolean atLeastOneBatch) {
        return reads.read(fetch, bytesMax, atLeastOneBatch);
    }

    /**
     * Reads from the log in any role, up to {@code endOffset} (exclusive): for this broker's own state, never for clients.
     *
     * @throws io.tailrace.log.OffsetNotInLogException unless the log has the offset
     */
    public LogSlice readOwn(long offset, int bytesMax, long endOffset) throws IOException {
        return log.read(offset, bytesMax, endOffset, true);
    }

    /**
     * Calls {@code waiter} whenever consumers may read more, or another broker may lead, until it is {@linkplain #remove
     * removed}. A read after a call sees the change behind the call.
     */
    public void add(ReadWaiter waiter) {
        waiters.addConsumer(waiter);
    }

    /** Like {@link #add}, for a follower. */
    public void addFollower(ReadWaiter waiter) {
        waiters.addFollower(waiter);
    }

    /** Removes a waiter for records. */
    public void remove(ReadWaiter waiter) {
        waiters.removeReader(waiter);
    }

    /** The first offset in the log. */
    public long logStartOffset() {
        return log.logStartOffset();
    }

    /** The next offset to be written. */
    public long logEndOffset() {
        return log.logEndOffset();
    }

    /** {@link ReplicaLog#lastStableOffset}. */
    public long lastStableOffset(long highWatermark) {
        return log.lastStableOffset(highWatermark);
    }

    /** The idempotent producers of this replica's log. */
    public List<ActiveProducer> producers() {
        return log.producers();
    }

    /** The first record whose timestamp is at least this; it may lie above the high watermark. Reads files. */
    public Optional<TimestampedOffset> offsetForTimestamp(long timestampMs) throws IOException {
        return log.offsetForTimestamp(timestampMs);
    }

    /** The first record that has the greatest timestamp of all; it may lie above the high watermark. Reads files. */
    public Optional<TimestampedOffset> offsetOfMaxTimestamp() throws IOException {
        return log.offsetOfMaxTimestamp();
    }

    /** The error to answer if a method here threw this. Takes the partition offline if the disk failed. */
    public ErrorCode errorOf(IOException failure) {
        return errors.errorOf(failure);
    }

    /** Completes when records below an offset are on disk, if the topic asks for that; at once if it does not. */
    public CompletableFuture<Void> durable(long nextOffset) {
        return log.durable(nextOffset);
    }

    /** Part of a change of the log. */
    public interface LogChange {
        void run() throws IOException;
    }

    /** Runs a change while nothing is appended, truncated or deleted, and the role stays as it is. */
    public void exclusively(LogChange change) throws IOException {
        ReentrantLock lock = role.lock();
        lock.lock();
        try {
            change.run();
        } finally {
            role.unlock();
        }
    }

    /** Updates the role after a retention pass, which may have moved the log start. */
    public void logStartMayHaveMoved() {
        ReentrantLock lock = role.lock();
        lock.lock();
        try {
            if (log.logStartOffset() > role.replica().log().startOffset()) {
                role.step(new Event.LogStartMoved(role.extent()));
            }
        } finally {
            role.unlock();
        }
    }

    /**
     * A number that grows with every change for which a waiter is {@linkplain #add called}. A reader that was added after its
     * read may have missed a change if this number has grown since before the read.
     */
    public long changes() {
        return waiters.changes();
    }

    /** The number of waiters for records. */
    int readersWaiting() {
        return waiters.readers();
    }

    /** The number of produces and deletions that wait for other replicas. */
    int acksWaiting() {
        ReentrantLock lock = role.lock();
        lock.lock();
        try {
            return waiters.acksWaiting();
        } finally {
            role.unlock();
        }
    }

    @Override
    public String toString() {
        return id + " as " + replica().getClass().getSimpleName();
    }
}
