package io.tailrace.systemtests.rotation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Everything that was written to a log, and which of it was received. Thread-safe: one program writes, one judge receives.
 */
final class WrittenLog {
    private static final int WAIT_MS_MAX = 100;

    private final String name;
    private final int headerLines;
    private final long backlogBytesMax;
    private final List<LogContent> contents = new ArrayList<>();
    /** Where each line begins in its content; its index is its sequence. */
    private int[] offsets = new int[1 << 10];

    private int lines;
    private final BitSet received = new BitSet();
    private int receivedLines;
    private long writtenBytes;
    private long receivedBytes;
    private boolean ended;

    /**
     * A line's place.
     *
     * @param offset where it begins, in bytes
     */
    record Place(LogContent content, long offset) {}

    /**
     * An empty log.
     *
     * @param headerLines how many lines of a {@link HeaderLine} each content begins with
     * @param backlogBytesMax how much may be written and not received
     */
    WrittenLog(String name, int headerLines, long backlogBytesMax) {
        this.name = name;
        this.headerLines = headerLines;
        this.backlogBytesMax = backlogBytesMax;
    }

    /** The same lines, none of them received. */
    synchronized WrittenLog withoutReceipts() {
        WrittenLog copy = new WrittenLog(name, headerLines, backlogBytesMax);
        contents.forEach(content -> copy.contents.add(content.withoutReceipts()));
        copy.offsets = offsets.clone();
        copy.lines = lines;
        copy.writtenBytes = writtenBytes;
        copy.ended = ended;
        return copy;
    }

    String name() {
        return name;
    }

    int headerLines() {
        return headerLines;
    }

    /** Begins a new content: nothing more is written to the one before. */
    synchronized LogContent begin() {
        if (!contents.isEmpty()) {
            current().close();
        }
        LogContent content = new LogContent(name, contents.size() + 1, lines);
        contents.add(content);
        return content;
    }

    private LogContent current() {
        return contents.get(contents.size() - 1);
    }

    /** The sequence of the next line. */
    synchronized int nextSequence() {
        return lines;
    }

    /** Records a line that is about to be written. */
    synchronized void add(long offset, int bytes) {
        if (lines == offsets.length) {
            offsets = Arrays.copyOf(offsets, 2 * lines);
        }
        offsets[lines++] = Math.toIntExact(offset);
        current().addLine();
        writtenBytes += bytes;
    }

    /** Where a line was written; empty if it was not. */
    synchronized Optional<Place> place(int sequence) {
        if (sequence < 0 || sequence >= lines) {
            return Optional.empty();
        }
        int low = 0;
        for (int high = contents.size() - 1; low < high; ) {
            int middle = (low + high + 1) >>> 1;
            if (contents.get(middle).firstSequence() <= sequence) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return Optional.of(new Place(contents.get(low), offsets[sequence]));
    }

    /**
     * Records that a line was received.
     *
     * @return whether it was not before
     */
    synchronized boolean receive(int sequence, int bytes) {
        if (received.get(sequence)) {
            return false;
        }
        received.set(sequence);
        receivedLines++;
        receivedBytes += bytes;
        notifyAll();
        return true;
    }

    /** Whether more lines may be written now. */
    synchronized boolean hasRoom() {
        return writtenBytes - receivedBytes < backlogBytesMax;
    }

    /** Waits until there is room. Returns after a while nevertheless: there may be something else to do. */
    synchronized void awaitRoom() throws InterruptedException {
        long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(WAIT_MS_MAX);
        for (long leftMs = WAIT_MS_MAX; leftMs > 0 && !ended && !hasRoom(); ) {
            wait(leftMs);
            leftMs = TimeUnit.NANOSECONDS.toMillis(deadlineNs - System.nanoTime());
        }
    }

    /** Nothing more is written. */
    synchronized void end() {
        ended = true;
        notifyAll();
    }

    synchronized boolean isEnded() {
        return ended;
    }

    synchronized List<LogContent> contents() {
        return List.copyOf(contents);
    }

    synchronized int lines() {
        return lines;
    }

    synchronized long writtenBytes() {
        return writtenBytes;
    }

    synchronized int missing() {
        return lines - receivedLines;
    }

    /** The first gap in what was received, as text for people. */
    synchronized String firstGap() {
        int from = received.nextClearBit(0);
        int next = received.nextSetBit(from);
        int to = next < 0 ? lines : next;
        return "lines %d to %d of %s: %s, byte %d"
                .formatted(from, to - 1, name, place(from).map(Place::content).orElseThrow(), offsets[from]);
    }
}
