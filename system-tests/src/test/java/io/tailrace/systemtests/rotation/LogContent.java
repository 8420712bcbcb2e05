package io.tailrace.systemtests.rotation;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * What a program has written to a log from one rotation to the next. It keeps its identity, whatever happens to the file that holds
 * it. The program's thread counts what it writes, the judge what was received.
 */
final class LogContent {
    private final String log;
    private final int number;
    private final int firstSequence;
    private int lines;
    private boolean closed;

    private final AtomicInteger received = new AtomicInteger();
    private String fileId = "";
    private int lastSequence = -1;
    private int lastDeadSequence = -1;
    private int doubledLines;
    private long doubledBytes;

    LogContent(String log, int number, int firstSequence) {
        this.log = log;
        this.number = number;
        this.firstSequence = firstSequence;
    }

    /** The same lines, none of them received. */
    LogContent withoutReceipts() {
        LogContent copy = new LogContent(log, number, firstSequence);
        copy.lines = lines;
        copy.closed = closed;
        return copy;
    }

    int firstSequence() {
        return firstSequence;
    }

    void addLine() {
        lines++;
    }

    /** Nothing more is written to it. */
    void close() {
        closed = true;
    }

    /** Whether every line of it was received, and none will follow. */
    boolean isReceived() {
        return closed && received.get() == lines;
    }

    boolean isAnyReceived() {
        return received.get() > 0;
    }

    /** The identity that the agent has given it; empty if none of its lines was received. */
    String fileId() {
        return fileId;
    }

    void setFileId(String newFileId) {
        fileId = newFileId;
    }

    /**
     * Counts a line that is received for the first time.
     *
     * @return whether it comes behind all that were received before, of those in the same topic
     */
    boolean receive(int sequence, boolean isDeadLetter) {
        int last = isDeadLetter ? lastDeadSequence : lastSequence;
        if (isDeadLetter) {
            lastDeadSequence = Math.max(last, sequence);
        } else {
            lastSequence = Math.max(last, sequence);
        }
        received.incrementAndGet();
        return sequence > last;
    }

    /** Counts a line that was received before. */
    void addDoubled(int bytes) {
        doubledLines++;
        doubledBytes += bytes;
    }

    int doubledLines() {
        return doubledLines;
    }

    /** Bytes of the lines that were received more than once, newlines included. */
    long doubledBytes() {
        return doubledBytes;
    }

    @Override
    public String toString() {
        return "content %d of %s, which begins with line %d".formatted(number, log, firstSequence);
    }
}
