package io.tailrace.log;

import io.tailrace.protocol.TopicPartition;
import java.io.IOException;

/** The log was closed or deleted while it was asked for something. Its directory is fine. */
public final class LogClosedException extends IOException {
    private static final long serialVersionUID = 1L;

    LogClosedException(TopicPartition partition) {
        super(partition + " is closed");
    }
}
