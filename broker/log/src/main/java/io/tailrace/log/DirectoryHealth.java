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
    private final AtomicReference<IOException> cause = new AtomicReference<>();
    private volatile Consumer<IOException> onOffline = failure -> {};

    DirectoryHealth(Path directory) {
        this.directory = directory;
    }

    /** Sets the listener that is notified once of a failure from now on. */
    void listen(Consumer<IOException> listener) {
        onOffline = listener;
    }

    /**
     * Takes the directory offline if a failure is the disk's; returns the exception to throw. A failure that concerns one
     * operation or one log is returned as {@link LogOperationException}, {@link CorruptLogException} or
     * {@link LogClosedException}.
     */
    IOException report(IOException failure) {
        if (FailureScope.of(failure, directory) == FailureScope.DIRECTORY) {
            return takeOffline(failure);
        }
        boolean isTyped = failure instanceof CorruptLogException
                || failure instanceof LogClosedException
                || failure instanceof LogOperationException;
        return isTyped ? failure : new LogOperationException(failure);
    }

    /** Takes the directory offline, whatever the failure; returns the exception to throw. */
    LogDirectoryOfflineException takeOffline(IOException failure) {
        if (failure instanceof LogDirectoryOfflineException already) {
            return already;
        }
        if (cause.compareAndSet(null, failure)) {
            LOG.error("Log directory goes offline until the broker restarts: {}", directory, failure);
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
