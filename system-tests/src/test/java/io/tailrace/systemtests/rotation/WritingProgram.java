package io.tailrace.systemtests.rotation;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A thread that writes numbered lines to a log, and rotates it each time when enough was written. Some files are written to at full
 * speed, up to a backlog of lines that are not received, and some a few lines at a time, so that an agent has read all of them.
 */
final class WritingProgram {
    private static final int BURST_BYTES_MAX = 1 << 16;
    private static final int TRICKLE_LINES_MAX = 20;
    private static final int TRICKLE_MS_MAX = 20;
    /** Files with a trickle are smaller by this factor. */
    private static final int TRICKLE_DIVISOR = 16;

    private static final int WRITTEN_ON_DIVISOR = 4;
    private static final int ROTATED_FILES_KEPT = 3;
    private static final byte[] PADDING = padding();
    /** Bytes that are no character of UTF-8. */
    private static final byte[] NO_TEXT = {(byte) 0xC3, (byte) 0x28};

    private final String host;
    private final RotationKind kind;
    private final WrittenLog log;
    private final LogFiles files;
    private final LogFleet.Scale scale;
    private final Random random;
    private final Lock turn;
    private final Thread thread;
    private boolean trickles;
    /** At which position the log is rotated. */
    private long dueAt;
    /** Whether the log is to be rotated in the next turn, wherever it is. */
    private volatile boolean isAskedToRotate;
    /** Whether the file is renamed, and the program still writes to it. */
    private boolean writesOn;

    private final AtomicInteger begun = new AtomicInteger();
    private volatile @Nullable Throwable failure;

    /**
     * A program that has not started.
     *
     * @param turn held while lines are written or the log is rotated
     */
    WritingProgram(
            String host,
            RotationKind kind,
            WrittenLog log,
            LogFiles files,
            LogFleet.Scale scale,
            Random random,
            Lock turn) {
        this.host = host;
        this.kind = kind;
        this.log = log;
        this.files = files;
        this.scale = scale;
        this.random = random;
        this.turn = turn;
        this.thread = new Thread(this::run, log.name());
    }

    private static byte[] padding() {
        StringBuilder text = new StringBuilder();
        Random random = new Random(1);
        while (text.length() < 1 << 20) {
            text.append((char) ('!' + random.nextInt('~' - '!')));
        }
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }

    void start() {
        thread.start();
    }

    private void run() {
        try (files) {
            kind.begin(files);
            begun();
            while (!log.isEnded()) {
                log.awaitRoom();
                turn.lock();
                try {
                    takeTurn();
                } finally {
                    turn.unlock();
                }
                int pauseMsMax = trickles ? TRICKLE_MS_MAX : scale.pauseMsMax();
                if (pauseMsMax > 0) {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1 + random.nextInt(pauseMsMax)));
                }
            }
            files.awaitCompressed();
        } catch (IOException | InterruptedException | RuntimeException e) {
            failure = e;
        }
    }

    private void takeTurn() throws IOException, InterruptedException {
        files.deleteOldest(ROTATED_FILES_KEPT);
        boolean isDue = isAskedToRotate || files.position() >= dueAt;
        if (isDue && kind.mayRotate(files)) {
            isAskedToRotate = false;
            rotate();
        } else if (log.hasRoom()) {
            write();
        }
    }

    private void rotate() throws IOException, InterruptedException {
        if (kind.isWrittenOn() && !writesOn) {
            writesOn = true;
            kind.rotate(files);
            dueAt = files.position() + random.nextInt(scale.fileBytesMax() / WRITTEN_ON_DIVISOR);
        } else if (writesOn) {
            writesOn = false;
            files.open();
            begun();
        } else {
            kind.rotate(files);
            begun();
        }
    }

    private void begun() throws IOException {
        begun.incrementAndGet();
        trickles = random.nextBoolean();
        int bytesMax = scale.fileBytesMax() / (trickles ? TRICKLE_DIVISOR : 1);
        dueAt = files.position() + bytesMax / 8 + random.nextInt(bytesMax);
        write();
    }

    private void write() throws IOException {
        List<byte[]> lines = new ArrayList<>();
        int linesMax = trickles ? 1 + random.nextInt(TRICKLE_LINES_MAX) : Integer.MAX_VALUE;
        int bytesMax = 1 + random.nextInt(BURST_BYTES_MAX);
        int bytes = 0;
        int sequence = log.nextSequence();
        while (bytes < bytesMax && lines.size() < linesMax) {
            byte[] line = NumberedLine.encode(host, log.name(), sequence + lines.size(), nextPadding());
            lines.add(line);
            bytes += line.length;
        }
        files.write(lines, random.nextInt(bytes));
    }

    private byte[] nextPadding() {
        int kindOfLine = random.nextInt(10_000);
        if (kindOfLine == 0) {
            return slice(scale.lineBytesMax() + random.nextInt(scale.lineBytesMax()));
        }
        if (kindOfLine < 10) {
            byte[] padding = slice(NO_TEXT.length + random.nextInt(200));
            System.arraycopy(NO_TEXT, 0, padding, random.nextInt(padding.length - NO_TEXT.length + 1), NO_TEXT.length);
            return padding;
        }
        return slice(kindOfLine < 20 ? random.nextInt(scale.lineBytesMax() / 2) : random.nextInt(300));
    }

    private byte[] slice(int length) {
        int from = random.nextInt(PADDING.length - length);
        return Arrays.copyOfRange(PADDING, from, from + length);
    }

    /** Rotates the log soon, also while there is no room for more lines. */
    void askToRotate() {
        isAskedToRotate = true;
    }

    /** How many files it has begun. */
    int filesBegun() {
        return begun.get();
    }

    /** Why it has ended too early; null if it has not. */
    @Nullable
    Throwable failure() {
        return failure;
    }

    String logName() {
        return log.name();
    }

    /** Waits until the program has ended its last line. */
    void end() {
        log.end();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
