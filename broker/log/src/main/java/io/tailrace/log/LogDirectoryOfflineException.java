package io.tailrace.log;

import java.io.IOException;
import java.nio.file.Path;

/** The log directory has failed and stays offline until the process restarts. The cause is its first failure. */
public final class LogDirectoryOfflineException extends IOException {
    private static final long serialVersionUID = 1L;

    LogDirectoryOfflineException(Path directory, Throwable cause) {
        super(directory + " is offline since: " + cause, cause);
    }
}
