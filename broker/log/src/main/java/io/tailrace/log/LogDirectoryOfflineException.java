package io.tailrace.log;

import java.io.IOException;
import java.nio.file.Path;

/** The log directory failed earlier and stays offline until the process starts again; the cause is what it failed of. */
public final class LogDirectoryOfflineException extends IOException {
    private static final long serialVersionUID = 1L;

    LogDirectoryOfflineException(Path directory, Throwable cause) {
        super(directory + " is offline since: " + cause, cause);
    }
}
