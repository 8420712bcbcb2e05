package io.tailrace.log;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The names of files and directories in a log directory ({@code docs/format.md}). */
final class LogFiles {
    static final String LOG = ".log";
    static final String INDEX = ".index";
    static final String TIME_INDEX = ".timeindex";
    /** Aborted transactions. */
    static final String TRANSACTION_INDEX = ".txnindex";

    static final String SNAPSHOT = ".snapshot";
    static final String DELETED = ".deleted";
    static final String TEMPORARY = ".tmp";
    /** A segment that compaction is writing, or has committed and not renamed yet. */
    static final String COMPACTED = ".compacted";

    static final String EPOCHS = "leader-epoch-checkpoint";
    static final String CHAIN = "segment-chain";

    /** The files of a segment. The index of aborted transactions may be missing. */
    static final List<String> SEGMENT_SUFFIXES = List.of(LOG, INDEX, TIME_INDEX, TRANSACTION_INDEX);

    private static final int OFFSET_DIGITS = 20;

    private LogFiles() {}

    /** The entries of a directory, sorted by name. An error on the way is an {@link IOException} too. */
    static List<Path> list(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return sorted(entries);
        }
    }

    static List<Path> sorted(Stream<Path> entries) throws IOException {
        try {
            return entries.sorted().toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** The path of a file that is named after an offset, in 20 digits. */
    static Path of(Path directory, long offset, String suffix) {
        return directory.resolve(nameOf(offset, suffix));
    }

    /** The name of a file that is named after an offset. */
    static String nameOf(long offset, String suffix) {
        return "%020d%s".formatted(offset, suffix);
    }

    /** The path of a segment's file until it takes the place of the one before compaction. */
    static Path compacted(Path directory, long baseOffset, String suffix, long compactedMs) {
        return of(directory, baseOffset, suffix + "." + compactedMs + COMPACTED);
    }

    /** Whether a file is named after an offset. */
    static boolean hasOffsetName(Path file, String suffix) {
        String name = String.valueOf(file.getFileName());
        return name.length() == OFFSET_DIGITS + suffix.length()
                && name.endsWith(suffix)
                && name.chars().limit(OFFSET_DIGITS).allMatch(digit -> digit >= '0' && digit <= '9');
    }

    /** The offset in the name of such a file. */
    static long offsetOf(Path file) {
        return Long.parseLong(String.valueOf(file.getFileName()).substring(0, OFFSET_DIGITS));
    }
}
