package io.tailrace.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a log directory can be trusted. The first failure of the disk takes it offline until the process restarts: a
 * kernel that could not write a page may drop it and report the next sync as successful, so a retry would acknowledge
 * lost data. Thread-safe.
 */
final class DirectoryHealth {
    private static final Logger LOG = LoggerFactory.getLogger(DirectoryHealth.class);

    private final Path directory;
    private final Consumer<IOException> onOffline;
    private final AtomicReference<IOException> cause = new AtomicReference<>();

    DirectoryHealth(Path directory, Consumer<IOException> onOffline) {
        this.directory = directory;
        this.onOffline = onOffline;
    }

    /**
     * Takes the directory offline if a failure is the disk's; returns the exception to throw. A failure that concerns one
     * operation or one log is returned as {@link LogOperationException}, {@link CorruptLogException} or {@link
     * LogClosedException}.
     */
    IOException report(IOException failure) {
        if (FailureScope.of(failure, directory) == FailureScope.DIRECTORY) {
            return fail(failure);
        }
        boolean isTyped = failure instanceof CorruptLogException
                || failure instanceof LogClosedException
                || failure instanceof LogOperationException;
        return isTyped ? failure : new LogOperationException(failure);
    }

    /** Takes the directory offline and notifies the listener once; returns the exception to throw. */
    private LogDirectoryOfflineException fail(IOException failure) {
        if (failure instanceof LogDirectoryOfflineException already) {
            return already;
        }
        if (cause.compareAndSet(null, failure)) {
            LOG.error("log directory goes offline: {}", directory, failure);
            onOffline.accept(failure);
        }
        return new LogDirectoryOfflineException(directory, failure);
    }

    void ensureOnline() throws LogDirectoryOfflineException {
        IOException failure = cause.get();
        if (failure != null) {
            throw new LogDirectoryOfflineException(directory, failure);
        }
    }

    boolean isOffline() {
        return cause.get() != null;
    }
}
