package io.tailrace.server.cluster;

import io.tailrace.log.LogClosedException;
import io.tailrace.log.LogDirectory;
import io.tailrace.log.LogDirectoryOfflineException;
import io.tailrace.log.LogMove;
import io.tailrace.log.MovableLog;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.server.partition.Clocks;
import io.tailrace.server.partition.Partition;
import io.tailrace.server.partition.Partitions;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves replicas between this broker's log directories while they are read and written (KIP-113). Each target directory has one
 * thread, which copies a chunk of each log in turn. So a disk that hangs holds up only the moves to it and those to the targets
 * of its replicas. A move that cannot go on, for example for lack of space, is retried; a move to a failed directory ends. A move
 * that a stop or crash interrupts starts from the beginning at the next start. Thread-safe.
 */
public final class ReplicaMoves {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicaMoves.class);

    /** No limit on the bytes per second. */
    public static final long UNLIMITED = Long.MAX_VALUE;

    static final int CHUNK_BYTES = 1 << 20;
    private static final long PASS_MS_MAX = 500;
    private static final long RETRY_MS = 5_000;
    private static final long UNFINISHED_RETRY_MS = 60_000;
    /** Longer than a chunk takes on a disk that works. */
    private static final long CLAIM_MS_MAX = 5_000;

    private final LogDirectories directories;
    private final PartitionLogs logs;
    private final Partitions partitions;
    private final Clocks clocks;
    private final MoveRate rate;
    private final long claimMsMax;

    /** Held while a partition's move begins, copies or ends. No other lock is held while waiting for it. */
    private final Claims claims = new Claims();
    /** Each is changed and used under its partition's claim. */
    private final Map<TopicPartition, Move> moves = new ConcurrentHashMap<>();

    /** When to retry unfinished moves of the last process to a directory, after one could not start. */
    private final Map<LogDirectory, Long> unfinishedFromMs = new ConcurrentHashMap<>();

    /** One move, and when it may go on. */
    private static final class Move {
        private final LogMove log;
        private long retryAtMs = Long.MIN_VALUE;
        private boolean hasWarned;

        Move(LogMove log) {
            this.log = log;
        }
    }

    ReplicaMoves(LogDirectories directories, Partitions partitions, Clocks clocks) {
        this(directories, partitions, clocks, CLAIM_MS_MAX);
    }

    /** @param claimMsMax how long {@link #move} waits for a move of the same replica that copies */
    ReplicaMoves(LogDirectories directories, Partitions partitions, Clocks clocks, long claimMsMax) {
        this.directories = directories;
        this.logs = directories.logs();
        this.partitions = partitions;
        this.clocks = clocks;
        this.rate = new MoveRate(clocks.steadyMs().getAsLong());
        this.claimMsMax = claimMsMax;
    }

    /** Bytes per second that all moves together copy at most, at least 1; {@link #UNLIMITED} for no limit. */
    void limit(long bytesPerSecond) {
        rate.limit(bytesPerSecond);
    }

    /**
     * Begins to move a replica, and gives up a move of it to any other directory. If the replica is already in this directory,
     * nothing more happens. Blocks while it creates files.
     *
     * @param path the directory's absolute path
     * @return NONE; LOG_DIR_NOT_FOUND if it is no directory of this broker; KAFKA_STORAGE_ERROR if it, or the replica, is
     *     offline; REPLICA_NOT_AVAILABLE if there is no such replica: if it is created later, that will be in this directory;
     *     REQUEST_TIMED_OUT if an earlier move of the replica is waiting for its disk
     */
    public ErrorCode move(TopicPartition id, String path) {
        Optional<LogDirectory> found = directories.at(path);
        if (found.isEmpty()) {
            return ErrorCode.LOG_DIR_NOT_FOUND;
        }
        LogDirectory to = found.get();
        if (to.isOffline() || partitions.isUnusable(id)) {
            return ErrorCode.KAFKA_STORAGE_ERROR;
        }
        if (partitions.find(id.topic(), id.partition()) == null) {
            logs.prefer(id, to);
            return ErrorCode.REPLICA_NOT_AVAILABLE;
        }
        if (!claims.claim(id, claimMsMax)) {
            return ErrorCode.REQUEST_TIMED_OUT;
        }
        try {
            return replace(id, to);
        } catch (LogClosedException e) {
            return ErrorCode.REPLICA_NOT_AVAILABLE;
        } catch (IOException e) {
            LOG.warn("Move of a replica cannot begin: {} to {}: {}", id, path, e.getMessage());
            return ErrorCode.KAFKA_STORAGE_ERROR;
        } finally {
            claims.release(id);
        }
    }

    private ErrorCode replace(TopicPartition id, LogDirectory to) throws IOException {
        Move current = moves.get(id);
        if (current != null && current.log.to() == to) {
            return ErrorCode.NONE;
        }
        if (current != null) {
            end(id, current);
            LOG.info(
                    "Move of a replica is given up: {} to {}",
                    id,
                    current.log.to().path());
        }
        logs.discardUnfinishedMoves(id, nowMs());
        return begin(id, to);
    }

    private ErrorCode begin(TopicPartition id, LogDirectory to) throws IOException {
        Optional<MovableLog> log = logs.movable(id);
        Optional<LogDirectory> from = log.flatMap(opened -> logs.directoryOf(opened.current()));
        if (log.isEmpty() || from.isEmpty()) {
            return ErrorCode.REPLICA_NOT_AVAILABLE;
        }
        if (from.get() != to) {
            moves.put(id, new Move(LogMove.begin(log.get(), from.get(), to, nowMs())));
            LOG.info("Replica begins to move: {} from {} to {}", id, from.get().path(), to.path());
        }
        return ErrorCode.NONE;
    }

    private void end(TopicPartition id, Move move) throws IOException {
        moves.remove(id);
        move.log.cancel(nowMs());
    }

    /** Copies to a directory for a while. Call it every 100 ms or so, from one thread for each directory. */
    void run(LogDirectory to) {
        beginUnfinished(to);
        long untilMs = steadyMs() + PASS_MS_MAX;
        boolean goesOn = true;
        while (goesOn && steadyMs() < untilMs) {
            goesOn = false;
            for (TopicPartition id : moves.keySet()) {
                goesOn |= step(id, to);
            }
        }
    }

    private void beginUnfinished(LogDirectory to) {
        if (to.isOffline() || steadyMs() < unfinishedFromMs.getOrDefault(to, Long.MIN_VALUE)) {
            return;
        }
        for (TopicPartition id : to.futures().unfinished()) {
            if (partitions.find(id.topic(), id.partition()) != null && claims.tryClaim(id)) {
                try {
                    beginUnfinished(id, to);
                } catch (IOException e) {
                    LOG.warn("Move of a replica cannot begin anew: {} to {}: {}", id, to.path(), e.getMessage());
                    unfinishedFromMs.put(to, steadyMs() + UNFINISHED_RETRY_MS);
                } finally {
                    claims.release(id);
                }
            }
        }
    }

    private void beginUnfinished(TopicPartition id, LogDirectory to) throws IOException {
        boolean isGivenUp = moves.containsKey(id) || !to.futures().unfinished().contains(id);
        if (!isGivenUp) {
            ErrorCode unused = begin(id, to);
        }
    }

    /** Copies one chunk of a replica that moves to a directory. Returns whether there is more to copy at once. */
    private boolean step(TopicPartition id, LogDirectory to) {
        long allowance = rate.allowance(steadyMs());
        if (allowance <= 0 || !movesTo(id, to) || !claims.tryClaim(id)) {
            return false;
        }
        try {
            Move move = moves.get(id);
            if (move == null || move.log.to() != to || steadyMs() < move.retryAtMs) {
                return false;
            }
            return copy(id, move, (int) Math.min(CHUNK_BYTES, allowance));
        } finally {
            claims.release(id);
        }
    }

    private boolean movesTo(TopicPartition id, LogDirectory to) {
        Move move = moves.get(id);
        return move != null && move.log.to() == to;
    }

    private boolean copy(TopicPartition id, Move move, int bytesMax) {
        try {
            rate.copied(move.log.copy(bytesMax, nowMs()));
            move.hasWarned = false;
            return !move.log.hasCaughtUp() || !complete(id, move);
        } catch (IOException e) {
            failed(id, move, e);
            return false;
        }
    }

    /** Completes the move if little is left to copy. The partition waits for this last part and its sync. */
    private boolean complete(TopicPartition id, Move move) throws IOException {
        Partition partition = partitions.find(id.topic(), id.partition());
        if (partition == null) {
            throw new IOException("the partition is closed");
        }
        // The first sync may take long; records appended during it are copied before the partition has to wait.
        move.log.flush();
        int unused = move.log.copy(CHUNK_BYTES, nowMs());
        if (!move.log.hasCaughtUp()) {
            return false;
        }
        move.log.flush();
        partition.exclusively(() -> move.log.complete(nowMs()));
        moves.remove(id);
        LOG.info("Replica has moved: {} to {}", id, move.log.to().path());
        try {
            move.log.cleanUp(nowMs());
        } catch (IOException e) {
            LOG.error("Replica has moved, but its former files are not deleted before the next start: {}", id, e);
        }
        return true;
    }

    private void failed(TopicPartition id, Move move, IOException cause) {
        boolean isOver = cause instanceof LogClosedException
                || cause instanceof LogDirectoryOfflineException
                || partitions.find(id.topic(), id.partition()) == null;
        if (!isOver) {
            move.retryAtMs = steadyMs() + RETRY_MS;
            if (!move.hasWarned) {
                LOG.warn("Replica does not move on, it is tried again: {}: {}", id, cause.getMessage());
            }
            move.hasWarned = true;
            return;
        }
        LOG.warn("Move of a replica ends: {} to {}: {}", id, move.log.to().path(), cause.getMessage());
        try {
            end(id, move);
        } catch (IOException e) {
            LOG.warn("Copy of a replica is not deleted before the next start: {}: {}", id, e.getMessage());
        }
    }

    private long nowMs() {
        return clocks.wallMs().getAsLong();
    }

    private long steadyMs() {
        return clocks.steadyMs().getAsLong();
    }
}
