package io.tailrace.agent.tail;

import java.nio.charset.Charset;

/**
 * Finds records of several lines in a buffer. The last record is open until a line follows that begins another one.
 *
 * <p>A line before the first that begins a record is part of a record, too. Not thread-safe.
 */
final class RecordSplitter {
    private static final int NONE = -1;

    private final Multiline multiline;
    private final Charset charset;
    private final LineBuffer lines;

    private int openStart;
    private int openEnd = NONE;
    private int openNext;

    private int searched;
    private boolean isWithinLine;

    RecordSplitter(Multiline multiline, Charset charset, LineBuffer lines) {
        this.multiline = multiline;
        this.charset = charset;
        this.lines = lines;
    }

    long timeoutMs() {
        return multiline.timeoutMs();
    }

    /** Finds the records that are whole, as many as fit into a chunk. Returns the length of all of them: where the open one starts. */
    int split(int length) {
        lines.clear();
        openStart = 0;
        openEnd = NONE;
        openNext = 0;
        int end = lines.newlineFrom(0, length);
        while (end >= 0 && !lines.isFull()) {
            if (openEnd != NONE && begins(openNext, end)) {
                lines.add(openStart, openEnd);
                openStart = openNext;
            }
            openEnd = end;
            openNext = end + lines.newlineBytes();
            end = lines.newlineFrom(openNext, length);
        }
        return openStart;
    }

    /** Whether the bytes end with the open record's last line, so that nothing but a line's beginning can follow. */
    boolean endsWithOpenRecord(int length) {
        return openEnd != NONE && openNext == length;
    }

    /** Where the line starts that has no end yet. */
    int partialLine() {
        return openNext;
    }

    /** Counts the open record as whole, with a last line that has no end. Returns the length of all records. */
    int closeOpenRecord(int length) {
        boolean hasPartialLine = openNext < length;
        if (openEnd != NONE && (!hasPartialLine || begins(openNext, length))) {
            lines.add(openStart, openEnd);
            openStart = openNext;
        }
        if (!hasPartialLine || lines.isFull()) {
            return openStart;
        }
        lines.add(openStart, length);
        return length;
    }

    /** Lines that are overlong are judged by their beginning, wherever they are in the buffer. */
    private boolean begins(int start, int end) {
        int textEnd = Math.min(lines.withoutReturn(start, end), start + lines.lineBytesMax());
        return multiline.begins(new String(lines.bytes(), start, textEnd - start, charset));
    }

    /**
     * Finds the next line that begins a record. {@link #searched} then is how far the search has come.
     *
     * @param withinLine whether the buffer begins within a line
     * @return the place where the line starts, or -1
     */
    int nextBeginning(int length, boolean withinLine) {
        searched = 0;
        isWithinLine = withinLine;
        int end = lines.newlineFrom(0, length);
        while (end >= 0) {
            if (!isWithinLine && begins(searched, end)) {
                return searched;
            }
            isWithinLine = false;
            searched = end + lines.newlineBytes();
            end = lines.newlineFrom(searched, length);
        }
        boolean isLongerThanBuffer = searched == 0 && length == lines.size();
        if (isLongerThanBuffer && !isWithinLine && begins(0, length)) {
            return 0;
        }
        if (isLongerThanBuffer || isWithinLine) {
            isWithinLine = true;
            searched = length - length % lines.newlineBytes();
        }
        return NONE;
    }

    int searched() {
        return searched;
    }

    /** Whether the search has come to a place within a line. */
    boolean isWithinLine() {
        return isWithinLine;
    }
}
