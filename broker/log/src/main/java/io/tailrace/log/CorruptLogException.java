package io.tailrace.log;

import java.io.IOException;
import java.nio.file.Path;

/** A damaged file. The message names the file, the byte position if known, and what was expected and found. */
public final class CorruptLogException extends IOException {
    private static final long serialVersionUID = 1L;

    CorruptLogException(Path file, long position, String what, Object expected, Object actual) {
        super("%s: %s at byte %d: expected %s, found %s".formatted(file, what, position, expected, actual));
    }

    CorruptLogException(Path file, long position, String problem) {
        super("%s: at byte %d: %s".formatted(file, position, problem));
    }

    CorruptLogException(Path file, String what) {
        super(file + ": " + what);
    }
}
