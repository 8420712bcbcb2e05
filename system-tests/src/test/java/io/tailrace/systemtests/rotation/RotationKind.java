package io.tailrace.systemtests.rotation;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

/** How a log is rotated. */
enum RotationKind {
    /** {@code a.log} becomes {@code a.log.1}, and what was that {@code a.log.2}, and so on. */
    NUMBERED,
    /** As {@link #NUMBERED}, but the program goes on writing to {@code a.log.1} for a while. */
    WRITTEN_ON,
    /** {@code a.log} becomes {@code a-2026-01-01.log}. */
    RENAMED,
    /** {@code a.log} becomes {@code a.log-2026-01-01}. */
    DATED,
    /** Each file has its name, with a date, from its beginning. */
    NAMED_BY_DATE,
    GZIP,
    BZIP2,
    XZ,
    ZSTD,
    /** logrotate's delaycompress: what was {@code a.log.1} is compressed before it becomes {@code a.log.2.gz}. */
    GZIP_LATER,
    /** logrotate's copytruncate. */
    COPIED,
    /** The same, of a program without O_APPEND: it goes on where it was, and leaves a hole of NUL bytes before. */
    COPIED_WITH_HOLE,
    /** Two logs in one directory, and all of their files begin alike. */
    ALIKE_ONE,
    ALIKE_OTHER,
    /** A link moves to the newest of files that are followed by their own names, too. */
    LINKED,
    /** A link moves to the newest file, and only the link is followed. */
    LINK_ALONE,
    /** As {@link #NUMBERED}, of a source that is added to a running agent's configuration. */
    ADDED;

    private static final long HOLE_BYTES_MAX = 16 << 20;
    private static final int HEADER_LINES = 20;

    void rotate(LogFiles files) throws IOException, InterruptedException {
        switch (this) {
            case NUMBERED, ALIKE_ONE, ALIKE_OTHER, ADDED -> rotateNumbered(files);
            case WRITTEN_ON -> {
                files.shift();
                files.rename(files.numbered(1));
            }
            case RENAMED -> rotateTo(files.dated("renamed-%s.log"), files);
            case DATED -> rotateTo(files.dated("dated.log-%s"), files);
            case NAMED_BY_DATE -> files.open(files.dated("day-%s.log"));
            case GZIP -> rotateCompressed(files, Compressor.GZIP);
            case BZIP2 -> rotateCompressed(files, Compressor.BZIP2);
            case XZ -> rotateCompressed(files, Compressor.XZ);
            case ZSTD -> rotateCompressed(files, Compressor.ZSTD);
            case GZIP_LATER -> {
                files.compressNewest(Compressor.GZIP);
                files.awaitCompressed();
                rotateNumbered(files);
            }
            case COPIED -> rotateByCopy(files);
            case COPIED_WITH_HOLE -> {
                if (files.position() < HOLE_BYTES_MAX) {
                    rotateByCopy(files);
                } else {
                    // The program is started again.
                    rotateNumbered(files);
                }
            }
            case LINKED -> openAndLink(files.dated("linked-%s.log"), files);
            case LINK_ALONE -> openAndLink(files.dated("file-%s"), files);
        }
    }

    private static void rotateTo(Path to, LogFiles files) throws IOException {
        files.rename(to);
        files.open();
    }

    private static void rotateByCopy(LogFiles files) throws IOException {
        files.shift();
        files.copyAndTruncate(files.numbered(1));
    }

    private static void openAndLink(Path next, LogFiles files) throws IOException {
        files.open(next);
        files.link(files.path());
    }

    private static void rotateNumbered(LogFiles files) throws IOException {
        files.shift();
        rotateTo(files.numbered(1), files);
    }

    private static void rotateCompressed(LogFiles files, Compressor compressor)
            throws IOException, InterruptedException {
        files.awaitCompressed();
        rotateNumbered(files);
        files.compressNewest(compressor);
    }

    /** Whether this machine has the program that it takes. */
    boolean isPossible() {
        return switch (this) {
            case GZIP, GZIP_LATER -> Compressor.GZIP.isInstalled();
            case BZIP2 -> Compressor.BZIP2.isInstalled();
            case XZ -> Compressor.XZ.isInstalled();
            case ZSTD -> Compressor.ZSTD.isInstalled();
            default -> true;
        };
    }

    /** The log's name. */
    String logName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    int headerLines() {
        return this == ALIKE_ONE || this == ALIKE_OTHER ? HEADER_LINES : 0;
    }

    boolean appends() {
        return this != COPIED_WITH_HOLE;
    }

    /** Whether the program is to write on for a while after a rotation, and then to begin a new file. */
    boolean isWrittenOn() {
        return this == WRITTEN_ON;
    }

    /** The directory of the log's files, below that of all logs. */
    String folder() {
        return switch (this) {
            case LINK_ALONE -> "linked";
            case ADDED -> "added";
            default -> "logs";
        };
    }

    /** Begins the log's first file. */
    void begin(LogFiles files) throws IOException, InterruptedException {
        switch (this) {
            case NAMED_BY_DATE, LINKED, LINK_ALONE -> rotate(files);
            default -> files.open();
        }
    }

    /** Whether nothing would be lost if the log was rotated now. */
    boolean mayRotate(LogFiles files) {
        // A file that no path matches is read to its end if the agent has opened it.
        return this != LINK_ALONE || files.isNewestReceivedNext();
    }

    /** The log's name in the file system. */
    Path path(Path root) {
        return root.resolve(folder()).resolve(logName() + ".log");
    }
}
