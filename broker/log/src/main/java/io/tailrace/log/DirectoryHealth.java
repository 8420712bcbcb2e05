package io.tailrace.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a log directory can be trusted. Offline for good after the first failure: a kernel that could not write a
 * page may drop it and report the next sync as successful, so that trying again would acknowledge what is lost.
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

    /** Takes the directory offline, and tells once; returns what to throw. */
    LogDirectoryOfflineException fail(IOException failure) {
        if (failure instanceof LogDirectoryOfflineException already) {
            return already;
        }
        if (cause.compareAndSet(null, failure)) {
            LOG.error("{} goes offline", directory, failure);
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
