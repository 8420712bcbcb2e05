package io.tailrace.log;

import java.io.IOException;

/**
 * An operation on one log failed for a reason that is not the disk's: a name too long, too many open files, a missing
 * file, no space. The log directory stays online, the log keeps what it held, and a later attempt may succeed.
 */
public final class LogOperationException extends IOException {
    private static final long serialVersionUID = 1L;

    LogOperationException(IOException cause) {
        super(cause.toString(), cause);
    }
}
