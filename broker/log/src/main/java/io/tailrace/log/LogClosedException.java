package io.tailrace.log;

import io.tailrace.protocol.TopicPartition;
import java.io.IOException;

/** The log has been closed or deleted. Its log directory is not affected. */
public final class LogClosedException extends IOException {
    private static final long serialVersionUID = 1L;

    LogClosedException(TopicPartition partition) {
        super(partition + " is closed");
    }
}
