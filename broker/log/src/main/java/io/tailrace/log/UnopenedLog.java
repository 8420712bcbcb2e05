package io.tailrace.log;

import java.io.IOException;

/**
 * A log that could not be loaded. Its files are untouched.
 *
 * @param checkpoint what the previous process recorded about it, for another attempt
 * @param cause a {@link CorruptLogException} if it is damaged
 */
record UnopenedLog(LogLoader.Checkpoint checkpoint, IOException cause) {
    boolean isDamaged() {
        return cause instanceof CorruptLogException;
    }
}
