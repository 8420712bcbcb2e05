package io.tailrace.agent.checkpoint;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The lock that an agent holds on its data directory while it runs. Two agents with one checkpoint would undo each other's. */
public final class DataDirectoryLock implements AutoCloseable {
    private static final String FILE = "agent.lock";

    /** Together a second: {@link #isHeld} in another process holds the lock for a moment. */
    private static final int ATTEMPTS_MAX = 20;

    private static final long PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(50);

    private final FileChannel channel;

    private DataDirectoryLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Locks a directory for this process until it is closed. Creates the directory if it does not exist.
     *
     * @throws IOException if another agent holds the lock for a second, or the directory cannot be written to
     */
    public static DataDirectoryLock acquire(Path directory) throws IOException {
        return acquire(directory, () -> LockSupport.parkNanos(PAUSE_NS));
    }

    /** As above, with a pause between attempts. */
    static DataDirectoryLock acquire(Path directory, Runnable pause) throws IOException {
        try {
            Files.createDirectories(directory);
            FileChannel channel =
                    FileChannel.open(directory.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (!isLocked(channel, pause)) {
                channel.close();
                throw new IOException(
                        "data.dir=" + directory + ": another agent is running here; stop it, or set another data.dir");
            }
            return new DataDirectoryLock(channel);
        } catch (AccessDeniedException e) {
            throw new IOException(
                    "data.dir=" + directory + ": " + e.getFile()
                            + " cannot be written to: create the directory for the agent's user, or set another data.dir",
                    e);
        }
    }

    private static boolean isLocked(FileChannel channel, Runnable pause) throws IOException {
        boolean isLocked = isLocked(channel);
        for (int attempts = 1; !isLocked && attempts < ATTEMPTS_MAX; attempts++) {
            pause.run();
            isLocked = isLocked(channel);
        }
        return isLocked;
    }

    private static boolean isLocked(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            // Another agent in this process holds the lock.
            return false;
        }
    }

    /** Whether an agent holds the lock of a directory. Holds it for a moment if not. Creates nothing. */
    public static boolean isHeld(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory.resolve(FILE), StandardOpenOption.READ);
                FileLock shared = channel.tryLock(0, Long.MAX_VALUE, true)) {
            return shared == null;
        } catch (NoSuchFileException e) {
            return false;
        } catch (OverlappingFileLockException e) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
