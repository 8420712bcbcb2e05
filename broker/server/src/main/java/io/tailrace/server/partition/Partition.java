package io.tailrace.server.partition;

import io.tailrace.log.AppendResult;
import io.tailrace.log.CorruptLogException;
import io.tailrace.log.Log;
import io.tailrace.log.LogClosedException;
import io.tailrace.log.LogOperationException;
import io.tailrace.log.LogSlice;
import io.tailrace.log.OffsetOutOfRangeException;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.Effect;
import io.tailrace.replication.Event;
import io.tailrace.replication.FetchVerdict;
import io.tailrace.replication.Follower;
import io.tailrace.replication.FollowerFetch;
import io.tailrace.replication.Leader;
import io.tailrace.replication.LogExtent;
import io.tailrace.replication.PartitionRules;
import io.tailrace.replication.Replica;
import io.tailrace.replication.Transition;
import io.tailrace.server.config.TopicSettings;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A partition on this broker: its log, its role, and who waits for it. Thread-safe.
 */
public final class Partition {
    private static final Logger LOG = LoggerFactory.getLogger(Partition.class);

    private static final long DAMAGE_LOG_MS = 60_000;

    private final TopicPartition id;
    private final Log log;
    private final PartitionRules rules;
    private final ReplicationPort port;
    private final RoleListener roles;
    private final BooleanSupplier lease;
    private final Clocks clocks;

    /** Guards the role, the order of appends and {@link #acks}. */
    private final ReentrantLock lock = new ReentrantLock();

    /** Written under the lock; a read without it sees the role as it was a moment ago, which suits readers. */
    private volatile Replica replica;

    private volatile TopicSettings settings;
    private volatile long damageLoggedMs = -DAMAGE_LOG_MS;
    private final AckQueue acks = new AckQueue();
    private final ReadWaiters readers = new ReadWaiters();
    private final ReadWaiters followers = new ReadWaiters();

    /**
     * A partition whose log is open and of which the cluster has not said anything yet.
     *
     * @param replica its role as it starts, at the log's offsets
     */
    Partition(Log log, Replica replica, TopicSettings settings, Surroundings surroundings) {
        this.id = log.partition();
        this.log = log;
        this.replica = replica;
        this.settings = settings;
        this.rules = surroundings.rules();
        this.port = surroundings.port();
        this.roles = surroundings.roles();
        this.lease = surroundings.lease();
        this.clocks = surroundings.clocks();
    }

    /** Topic and index. */
    public TopicPartition id() {
        return id;
    }

    /** The partition's log. Append through {@link #append} only. */
    public Log log() {
        return log;
    }

    /** The role as it is now; it may be another one when this has returned. */
    public Replica replica() {
        return replica;
    }

    /**
     * Whether {@code now}, this partition's role, may lead whoever believes in this leader epoch, {@link Replica#ANY_EPOCH}
     * for one who does not say: {@code NONE} or the error to answer. Ask this before answering what only a leader may.
     */
    public ErrorCode leads(Replica now, int currentLeaderEpoch) {
        ErrorCode refusal = now.leads(currentLeaderEpoch);
        return refusal == ErrorCode.NONE && !lease.getAsBoolean() ? ErrorCode.NOT_LEADER_OR_FOLLOWER : refusal;
    }

    /** The topic's settings. */
    public TopicSettings settings() {
        return settings;
    }

    /** Applies changed settings of the topic; {@link Event.MinInsyncChanged} is the caller's to hand in. */
    public void reconfigure(TopicSettings changed) {
        settings = changed;
        log.reconfigure(changed.log());
    }

    /**
     * Appends batches that have been validated, if this broker leads the partition.
     *
     * @param batches their bytes; offsets and leader epoch are stamped in place
     * @param leaderEpoch the epoch to append in, {@link Replica#ANY_EPOCH} for whichever it is
     * @param allInsync whether all in-sync replicas are to acknowledge it, so that there must be enough of them
     */
    public Append append(ByteBuffer batches, int leaderEpoch, boolean allInsync) {
        lock.lock();
        try {
            Replica now = replica;
            ErrorCode refusal = leads(now, leaderEpoch);
            if (refusal == ErrorCode.NONE) {
                refusal = now.appendable(allInsync);
            }
            return refusal == ErrorCode.NONE
                    ? append(batches, now.leaderEpoch())
                    : refused(refusal, "broker cannot append to " + id + " now");
        } catch (IOException e) {
            return refused(errorOf(e), "broker cannot append to " + id + ": " + e.getMessage());
        } finally {
            lock.unlock();
        }
    }

    private Append append(ByteBuffer batches, int leaderEpoch) throws IOException {
        AppendResult result =
                log.appendAsLeader(batches, leaderEpoch, clocks.wallMs().getAsLong());
        if (result instanceof AppendResult.Appended appended) {
            step(new Event.Appended(leaderEpoch, extentOf(log)));
            followers.wake();
            return new Append(result, leaderEpoch, replica.acknowledged(appended.nextOffset()));
        }
        boolean acknowledged =
                result instanceof AppendResult.Duplicate earlier && replica.acknowledged(earlier.nextOffset());
        return new Append(result, leaderEpoch, acknowledged);
    }

    private static Append refused(ErrorCode error, String reason) {
        return new Append(new AppendResult.Refused(error, reason), Replica.ANY_EPOCH, false);
    }

    /**
     * Calls {@code waiter} as soon as every in-sync replica has what lies below {@code offset}, at once if they have, or
     * if it cannot be known any more: this broker led in another epoch when it was appended.
     *
     * @param leaderEpoch that of {@link Append}
     */
    public void awaitAcks(long offset, int leaderEpoch, AckWaiter waiter) {
        lock.lock();
        try {
            ErrorCode refusal = leads(replica, Replica.ANY_EPOCH);
            if (refusal != ErrorCode.NONE) {
                waiter.done(refusal);
            } else if (replica.leaderEpoch() != leaderEpoch) {
                waiter.done(ErrorCode.NOT_LEADER_OR_FOLLOWER);
            } else if (replica.acknowledged(offset)) {
                waiter.done(ErrorCode.NONE);
            } else {
                acks.add(offset, waiter);
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * This broker may no longer act as a leader: answers all waiters with an error. Never waits: while the partition is busy
     * its waiters for acknowledgements are left for the next call.
     */
    public void leaseEnded() {
        if (lock.tryLock()) {
            try {
                acks.fail(ErrorCode.NOT_LEADER_OR_FOLLOWER);
            } finally {
                lock.unlock();
            }
        }
        readers.wake();
        followers.wake();
    }

    /** Forgets a waiter that gave up. */
    public void cancel(AckWaiter waiter) {
        lock.lock();
        try {
            acks.remove(waiter);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes over what the leader answered, unless it no longer is the leader in the epoch in which it was asked.
     *
     * @return why the log refuses it, if it does
     */
    public Optional<AppendResult.Refused> copy(LeaderAnswer answer) {
        int leaderEpoch = answer.leaderEpoch();
        lock.lock();
        try {
            if (!(replica instanceof Follower follower) || !follower.follows(leaderEpoch)) {
                return Optional.empty();
            }
            AppendResult result =
                    log.appendAsFollower(answer.batches(), clocks.wallMs().getAsLong());
            if (result instanceof AppendResult.Refused refused) {
                return Optional.of(refused);
            }
            raiseLogStart(answer.logStartOffset());
            step(new Event.Replicated(leaderEpoch, extentOf(log), answer.highWatermark()));
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(new AppendResult.Refused(errorOf(e), "the log of " + id + " fails: " + e.getMessage()));
        } finally {
            lock.unlock();
        }
    }

    /** What the leader has dropped goes here, too, as far as this log reaches. */
    private void raiseLogStart(long leaderLogStartOffset) throws IOException {
        long start = Math.min(leaderLogStartOffset, log.logEndOffset());
        if (start > log.logStartOffset()) {
            log.deleteRecordsBefore(start);
        }
    }

    /** What the log says about itself. Only truncations move a start or an end back, and they need the partition's lock. */
    static LogExtent extentOf(Log log) {
        return new LogExtent(log.epochs(), log.logStartOffset(), log.logEndOffset());
    }

    /**
     * Calls {@code waiter} whenever a consumer may read more, or there may be another leader, until it is
     * {@linkplain #remove removed}.
     */
    public void add(ReadWaiter waiter) {
        readers.add(waiter);
    }

    /** Calls {@code waiter} whenever a follower may read more; otherwise as {@link #add}. */
    public void addFollower(ReadWaiter waiter) {
        followers.add(waiter);
    }

    /** How many wait for something to read. */
    int readersWaiting() {
        return readers.size() + followers.size();
    }

    /** How many wait to be acknowledged. */
    int acksWaiting() {
        lock.lock();
        try {
            return acks.size();
        } finally {
            lock.unlock();
        }
    }

    /** Ends {@link #add} and {@link #addFollower}. */
    public void remove(ReadWaiter waiter) {
        readers.remove(waiter);
        followers.remove(waiter);
    }

    /**
     * Reads for a consumer: below the high watermark.
     *
     * @param offset first offset, inclusive
     * @param currentLeaderEpoch the epoch that the consumer believes in, {@link Replica#ANY_EPOCH} for none
     * @param bytesMax bytes at most
     * @param atLeastOneBatch whether a first batch that is larger is read all the same
     */
    public Read read(long offset, int currentLeaderEpoch, int bytesMax, boolean atLeastOneBatch) {
        Replica now = replica;
        ErrorCode error = leads(now, currentLeaderEpoch);
        if (error != ErrorCode.NONE) {
            return Read.refused(error);
        }
        return read(offset, ((Leader) now).consumerFetch(offset), now.log().highWatermark(), bytesMax, atLeastOneBatch);
    }

    /**
     * Reads for a follower: to the end of the log. That it asked is to be told by {@link Event.Fetched} before, once.
     *
     * @param bytesMax bytes at most
     * @param atLeastOneBatch whether a first batch that is larger is read all the same
     */
    public Read read(FollowerFetch fetch, int bytesMax, boolean atLeastOneBatch) {
        Replica now = replica;
        ErrorCode error = leads(now, fetch.currentLeaderEpoch());
        if (error != ErrorCode.NONE) {
            return Read.refused(error);
        }
        FetchVerdict verdict = ((Leader) now).followerFetch(fetch);
        return read(fetch.fetchOffset(), verdict, now.log().highWatermark(), bytesMax, atLeastOneBatch);
    }

    private Read read(long offset, FetchVerdict verdict, long highWatermark, int bytesMax, boolean atLeastOneBatch) {
        if (verdict instanceof FetchVerdict.Diverging diverging) {
            return Read.diverging(diverging.end(), highWatermark, log.logStartOffset());
        }
        if (verdict instanceof FetchVerdict.Refused refused) {
            return refused.error() == ErrorCode.OFFSET_OUT_OF_RANGE
                    ? Read.outOfRange(log.logStartOffset())
                    : Read.refused(refused.error());
        }
        try {
            long endOffset = ((FetchVerdict.Read) verdict).endOffset();
            LogSlice slice = log.read(offset, bytesMax, endOffset, atLeastOneBatch);
            return new Read(ErrorCode.NONE, slice, highWatermark, log.logStartOffset(), null);
        } catch (OffsetOutOfRangeException e) {
            return Read.outOfRange(log.logStartOffset());
        } catch (IOException e) {
            return Read.refused(errorOf(e));
        }
    }

    /**
     * What to answer whoever wanted to use the log and could not. Damaged bytes concern those who read them, a failed
     * disk everybody.
     */
    public ErrorCode errorOf(IOException failure) {
        if (failure instanceof LogClosedException) {
            return ErrorCode.NOT_LEADER_OR_FOLLOWER;
        }
        if (failure instanceof CorruptLogException) {
            logDamage(failure);
            return ErrorCode.CORRUPT_MESSAGE;
        }
        if (failure instanceof LogOperationException) {
            LOG.warn("Operation on the log of {} failed: {}", id, failure.getMessage());
            return ErrorCode.KAFKA_STORAGE_ERROR;
        }
        logFailed(failure);
        return ErrorCode.KAFKA_STORAGE_ERROR;
    }

    /** Once a minute at most: whoever cannot read comes again at once. */
    private void logDamage(IOException failure) {
        long nowMs = clocks.steadyMs().getAsLong();
        if (nowMs - damageLoggedMs >= DAMAGE_LOG_MS) {
            damageLoggedMs = nowMs;
            LOG.error("{} cannot be read: {}", id, failure.getMessage());
        }
    }

    /** Something happened that the partition's rules must know. */
    public void handle(Event event) {
        lock.lock();
        try {
            step(event);
        } finally {
            lock.unlock();
        }
    }

    /**
     * As {@link #handle}, unless the partition is busy: a thread that serves other partitions must not wait for an append that
     * waits for its disk.
     *
     * @return whether the event was handled
     */
    public boolean tryHandle(Event event) {
        if (!lock.tryLock()) {
            return false;
        }
        try {
            step(event);
        } finally {
            lock.unlock();
        }
        return true;
    }

    /** Tells the rules where the log starts, after records may have been dropped from it. */
    public void logStartMayHaveMoved() {
        lock.lock();
        try {
            if (log.logStartOffset() > replica.log().startOffset()) {
                step(new Event.LogStartMoved(extentOf(log)));
            }
        } finally {
            lock.unlock();
        }
    }

    private void logFailed(IOException cause) {
        LOG.error("{} is offline: its log cannot be used", id, cause);
        handle(new Event.LogFailed());
        port.logFailed(this);
    }

    private void step(Event event) {
        Transition transition = rules.step(replica, event, clocks.steadyMs().getAsLong());
        boolean roleChanged = replica.getClass() != transition.state().getClass()
                || replica.leaderEpoch() != transition.state().leaderEpoch();
        replica = transition.state();
        for (Effect effect : transition.effects()) {
            try {
                perform(effect);
            } catch (IOException e) {
                logFailed(e);
                return;
            }
        }
        if (roleChanged) {
            readers.wake();
            followers.wake();
            roles.roleChanged(this, replica);
        }
    }

    private void perform(Effect effect) throws IOException {
        if (effect instanceof Effect.HighWatermarkAdvanced advanced) {
            acks.advance(advanced.highWatermark());
            readers.wake();
        } else if (effect instanceof Effect.AcksFailed failed) {
            acks.fail(failed.error());
        } else if (effect instanceof Effect.LeadershipStarted started) {
            log.beginEpoch(started.leaderEpoch());
            LOG.info("leads {} from offset {} in epoch {}", id, started.startOffset(), started.leaderEpoch());
        } else if (effect instanceof Effect.LeadershipEnded) {
            LOG.info("no longer leads {}", id);
        } else if (effect instanceof Effect.TruncateTo truncate) {
            log.truncateTo(truncate.offset(), clocks.wallMs().getAsLong());
        } else if (effect instanceof Effect.RestartLogAt restart) {
            log.truncateFullyAndStartAt(restart.offset(), clocks.wallMs().getAsLong());
        } else if (effect instanceof Effect.ProposeIsr propose) {
            port.propose(this, propose.next());
        } else if (effect instanceof Effect.ReadBack readBack) {
            port.readBack(this, readBack.expectedVersion());
        } else if (effect instanceof Effect.StartFetching start) {
            port.startFetching(this, start.leader(), start.leaderEpoch());
        } else if (effect instanceof Effect.StopFetching) {
            port.stopFetching(this);
        }
    }

    @Override
    public String toString() {
        return "partition " + id + ", " + replica.getClass().getSimpleName();
    }
}
