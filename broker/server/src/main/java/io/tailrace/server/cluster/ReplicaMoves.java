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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves replicas between this broker's log directories while they are read and written (KIP-113). One thread copies, a chunk of
 * each log in turn. A move that cannot go on for want of space or the like is tried again; one to a directory that has failed
 * ends. A move that a stop or crash interrupts begins anew at the next start. Thread-safe.
 */
public final class ReplicaMoves {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicaMoves.class);

    /** No limit on the bytes per second. */
    public static final long UNLIMITED = Long.MAX_VALUE;

    static final int CHUNK_BYTES = 1 << 20;
    private static final long PASS_MS_MAX = 500;
    private static final long RETRY_MS = 5_000;
    private static final long UNFINISHED_RETRY_MS = 60_000;

    private final LogDirectories directories;
    private final Partitions partitions;
    private final Clocks clocks;
    /** Guarded by this object's monitor, which no partition's lock is held for. */
    private final Map<TopicPartition, Move> moves = new HashMap<>();

    /** When moves that the last process has left are looked for again; guarded by the monitor. */
    private long unfinishedFromMs = Long.MIN_VALUE;

    private volatile long bytesPerSecond = UNLIMITED;
    /** Bytes that may be copied; negative after a chunk that was larger. Used by the copying thread. */
    private long allowance;

    private long allowanceAtMs;

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
        this.directories = directories;
        this.partitions = partitions;
        this.clocks = clocks;
        this.allowanceAtMs = clocks.steadyMs().getAsLong();
    }

    /** Bytes per second that all moves together copy at most, at least 1; {@link #UNLIMITED} for no limit. */
    void limit(long newBytesPerSecond) {
        bytesPerSecond = newBytesPerSecond;
    }

    /**
     * Begins to move a replica, or gives up a move of it if the directory is the one that it is in. A move elsewhere is given up
     * for this one. Blocks while it creates files.
     *
     * @param path the directory's absolute path
     * @return NONE; LOG_DIR_NOT_FOUND if it is no directory of this broker; KAFKA_STORAGE_ERROR if it, or the replica, is offline;
     *     REPLICA_NOT_AVAILABLE if there is no such replica: if it is created later, that will be in this directory
     */
    public synchronized ErrorCode move(TopicPartition id, String path) {
        Optional<LogDirectory> found = directories.at(path);
        if (found.isEmpty()) {
            return ErrorCode.LOG_DIR_NOT_FOUND;
        }
        LogDirectory to = found.get();
        if (to.isOffline() || partitions.isUnusable(id)) {
            return ErrorCode.KAFKA_STORAGE_ERROR;
        }
        if (partitions.find(id.topic(), id.partition()) == null) {
            directories.prefer(id, to);
            return ErrorCode.REPLICA_NOT_AVAILABLE;
        }
        Move current = moves.get(id);
        if (current != null && current.log.to() == to) {
            return ErrorCode.NONE;
        }
        try {
            if (current != null) {
                end(id, current);
                LOG.info(
                        "Move of a replica is given up: {} to {}",
                        id,
                        current.log.to().path());
            }
            return begin(id, to);
        } catch (LogClosedException e) {
            return ErrorCode.REPLICA_NOT_AVAILABLE;
        } catch (IOException e) {
            LOG.warn("Move of a replica cannot begin: {} to {}: {}", id, path, e.getMessage());
            return ErrorCode.KAFKA_STORAGE_ERROR;
        }
    }

    private ErrorCode begin(TopicPartition id, LogDirectory to) throws IOException {
        Optional<MovableLog> log = directories.movable(id);
        Optional<LogDirectory> from = log.flatMap(opened -> directories.directoryOf(opened.current()));
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

    /** Copies for a while. Call it every 100 ms or so, from one thread. */
    void run() {
        beginUnfinished();
        grow();
        long untilMs = steadyMs() + PASS_MS_MAX;
        boolean goesOn = true;
        while (goesOn && steadyMs() < untilMs) {
            goesOn = false;
            for (TopicPartition id : ids()) {
                if (allowance > 0) {
                    goesOn |= step(id);
                }
            }
        }
    }

    private synchronized List<TopicPartition> ids() {
        return List.copyOf(moves.keySet());
    }

    private synchronized void beginUnfinished() {
        if (steadyMs() < unfinishedFromMs) {
            return;
        }
        directories.unfinishedMoves().forEach((id, to) -> {
            if (!moves.containsKey(id) && partitions.find(id.topic(), id.partition()) != null) {
                try {
                    ErrorCode unused = begin(id, to);
                } catch (IOException e) {
                    LOG.warn("Move of a replica cannot begin anew: {} to {}: {}", id, to.path(), e.getMessage());
                    unfinishedFromMs = steadyMs() + UNFINISHED_RETRY_MS;
                }
            }
        });
    }

    /** At most a second's worth is saved up. */
    private void grow() {
        long nowMs = steadyMs();
        long rate = bytesPerSecond;
        if (rate == UNLIMITED) {
            allowance = UNLIMITED;
        } else {
            double earned = (double) rate * (nowMs - allowanceAtMs) / 1000;
            allowance = Math.min(rate, Math.min(allowance, rate) + (long) earned);
        }
        allowanceAtMs = nowMs;
    }

    /** Copies one chunk. Returns whether there is more to copy at once. */
    private synchronized boolean step(TopicPartition id) {
        Move move = moves.get(id);
        if (move == null || steadyMs() < move.retryAtMs) {
            return false;
        }
        try {
            int copied = move.log.copy((int) Math.min(CHUNK_BYTES, allowance), nowMs());
            if (bytesPerSecond != UNLIMITED) {
                allowance -= copied;
            }
            move.hasWarned = false;
            return !move.log.hasCaughtUp() || !complete(id, move);
        } catch (IOException e) {
            failed(id, move, e);
            return false;
        }
    }

    /** Completes the move if little is left to copy. The partition waits for that rest and its sync. */
    private boolean complete(TopicPartition id, Move move) throws IOException {
        Partition partition = partitions.find(id.topic(), id.partition());
        if (partition == null) {
            throw new IOException("the partition is closed");
        }
        // The first sync may take long, and the partition must not wait for what is appended meanwhile.
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
