package io.tailrace.systemtests.rotation;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** How a log is rotated. */
enum RotationKind {
    /** {@code a.log} becomes {@code a.log.1}, and what was that {@code a.log.2}, and so on. */
    NUMBERED(RotationKind::rotateNumbered),

    /** As {@link #NUMBERED}, but the program goes on writing to {@code a.log.1} for a while. */
    WRITTEN_ON(files -> {
        files.shift();
        files.rename(files.numbered(1));
    }),

    /** {@code a.log} becomes {@code a-2026-01-01.log}. */
    RENAMED(files -> {
        files.rename(files.dated("renamed-%s.log"));
        files.open();
    }),

    /** {@code a.log} becomes {@code a.log-2026-01-01}. */
    DATED(files -> {
        files.rename(files.dated("dated.log-%s"));
        files.open();
    }),

    /** Each file has its name from its beginning. */
    NAMED_BY_DATE(files -> files.open(files.dated("day-%s.log"))),

    GZIP(files -> rotateCompressed(files, Compressor.GZIP)),
    BZIP2(files -> rotateCompressed(files, Compressor.BZIP2)),
    XZ(files -> rotateCompressed(files, Compressor.XZ)),
    ZSTD(files -> rotateCompressed(files, Compressor.ZSTD)),

    /** logrotate's delaycompress: what was {@code a.log.1} is compressed before it becomes {@code a.log.2.gz}. */
    GZIP_LATER(files -> {
        files.compressNewest(Compressor.GZIP);
        files.awaitCompressed();
        rotateNumbered(files);
    }),

    /** logrotate's copytruncate. */
    COPIED(files -> {
        files.shift();
        files.copyAndTruncate(files.numbered(1));
    }),

    /** The same, of a program without O_APPEND: it goes on where it was, and leaves a hole of NUL bytes before. */
    COPIED_WITH_HOLE(files -> {
        files.shift();
        if (files.position() < RotationKind.HOLE_BYTES_MAX) {
            files.copyAndTruncate(files.numbered(1));
        } else {
            // The program is started again.
            files.rename(files.numbered(1));
            files.open();
        }
    }),

    /** Two logs in one directory, and all of their files begin alike. */
    ALIKE_ONE(RotationKind::rotateNumbered),
    ALIKE_OTHER(RotationKind::rotateNumbered),

    /** A link moves to the newest of files that are followed by their own names, too. */
    LINKED(files -> {
        files.open(files.dated("linked-%s.log"));
        files.link(files.path());
    }),

    /** A link moves to the newest file, and only the link is followed. */
    LINK_ALONE(files -> {
        files.open(files.dated("file-%s"));
        files.link(files.path());
    }),

    /** As {@link #NUMBERED}, of a source that is added to a running agent's configuration. */
    ADDED(RotationKind::rotateNumbered);

    private static final long HOLE_BYTES_MAX = 16 << 20;
    private static final int HEADER_LINES = 20;

    private final Rotation rotation;

    private interface Rotation {
        void rotate(LogFiles files) throws IOException, InterruptedException;
    }

    RotationKind(Rotation rotation) {
        this.rotation = rotation;
    }

    private static void rotateNumbered(LogFiles files) throws IOException {
        files.shift();
        files.rename(files.numbered(1));
        files.open();
    }

    private static void rotateCompressed(LogFiles files, Compressor compressor)
            throws IOException, InterruptedException {
        files.awaitCompressed();
        rotateNumbered(files);
        files.compressNewest(compressor);
    }

    /** The kinds that this machine has the programs for. */
    static List<RotationKind> possible() {
        return Stream.of(values()).filter(RotationKind::isPossible).toList();
    }

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
            case NAMED_BY_DATE, LINKED, LINK_ALONE -> rotation.rotate(files);
            default -> files.open();
        }
    }

    /** Whether nothing would be lost if the log was rotated now. */
    boolean mayRotate(LogFiles files) {
        // A file that no path matches is read to its end if the agent has opened it.
        return this != LINK_ALONE || files.isNewestReceivedNext();
    }

    void rotate(LogFiles files) throws IOException, InterruptedException {
        rotation.rotate(files);
    }

    /** The log's name in the file system. */
    Path path(Path root) {
        return root.resolve(folder()).resolve(logName() + ".log");
    }
}
