package io.tailrace.log;

import java.nio.file.Path;

/** The names of files and directories in a log directory ({@code docs/format.md}). */
final class LogFiles {
    static final String LOG = ".log";
    static final String INDEX = ".index";
    static final String TIME_INDEX = ".timeindex";
    static final String SNAPSHOT = ".snapshot";
    static final String DELETED = ".deleted";
    static final String TEMPORARY = ".tmp";
    static final String EPOCHS = "leader-epoch-checkpoint";

    private static final int OFFSET_DIGITS = 20;

    private LogFiles() {}

    /** A file of a partition that is named after an offset, in 20 digits. */
    static Path of(Path directory, long offset, String suffix) {
        return directory.resolve("%020d%s".formatted(offset, suffix));
    }

    /** Whether a file has such a name. */
    static boolean isNamed(Path file, String suffix) {
        String name = String.valueOf(file.getFileName());
        return name.length() == OFFSET_DIGITS + suffix.length()
                && name.endsWith(suffix)
                && name.chars().limit(OFFSET_DIGITS).allMatch(digit -> digit >= '0' && digit <= '9');
    }

    /** The offset in such a name. */
    static long offsetOf(Path file) {
        return Long.parseLong(String.valueOf(file.getFileName()).substring(0, OFFSET_DIGITS));
    }
}
