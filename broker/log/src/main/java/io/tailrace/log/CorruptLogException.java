package io.tailrace.log;

import java.io.IOException;
import java.nio.file.Path;

/** A file that does not hold what it must. The message names file, byte, expected and actual. */
public final class CorruptLogException extends IOException {
    private static final long serialVersionUID = 1L;

    CorruptLogException(Path file, long position, String what, Object expected, Object actual) {
        super("%s: %s at byte %d: expected %s, found %s".formatted(file, what, position, expected, actual));
    }

    CorruptLogException(Path file, String what) {
        super(file + ": " + what);
    }
}
