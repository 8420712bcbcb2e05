package io.tailrace.agent.tail;

import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;

/**
 * Splits the bytes of contents into lines. One buffer serves every file of a source. Not thread-safe.
 *
 * <p>A line ends with the newline of the source's encoding. Newlines are aligned to their width, and a carriage return
 * before one belongs to it. A line without an end is not returned until it has one. An overlong line is read to its end
 * without being kept, and returned truncated. NUL bytes at the beginning of a line are skipped.
 */
final class LineReader {
    /** Bounds the time that one overlong line takes from the other files. */
    private static final int SEARCH_CHUNKS_MAX = 64;

    /** Bounds the memory of a chunk of very short lines. */
    static final int CHUNK_LINES_MAX = 4_096;

    private final byte[] newline;
    private final byte[] carriageReturn;
    private final int lineBytesMax;
    private final byte[] buffer;

    /** The lines of the buffer: where each starts and ends, and how much of an overlong one is dropped. */
    private final int[] bounds = new int[2 * CHUNK_LINES_MAX];

    private final long[] dropped = new long[CHUNK_LINES_MAX];
    private int lineCount;
    private long nulBytes;
    private boolean isAnyOverlong;

    /**
     * A reader for one encoding.
     *
     * @param newline a newline in the encoding; its length is the width of a character
     * @param carriageReturn a carriage return in the encoding
     * @param chunkBytesMax bytes read at once, at least twice {@code lineBytesMax}
     */
    LineReader(byte[] newline, byte[] carriageReturn, int lineBytesMax, int chunkBytesMax) {
        if (chunkBytesMax < 2L * lineBytesMax) {
            throw new IllegalArgumentException(
                    "chunk of " + chunkBytesMax + " bytes: expected at least twice the longest line, " + lineBytesMax);
        }
        this.newline = newline.clone();
        this.carriageReturn = carriageReturn.clone();
        this.lineBytesMax = lineBytesMax;
        this.buffer = new byte[chunkBytesMax - chunkBytesMax % newline.length];
    }

    /** How far the end of an overlong line was searched for, and the beginning of the line. */
    static final class Search {
        private long searchedTo;
        private byte[] beginning = new byte[0];

        long searchedTo() {
            return searchedTo;
        }
    }

    /**
     * Limits of one read.
     *
     * @param bytesMax most bytes to read; lines that may have been sent before are read again up to the same end
     * @param last whether nothing will be added, so that a last line without an end counts as whole
     * @param readMs the time that the chunk's lines count as read
     */
    record Limits(long bytesMax, boolean last, long readMs) {
        /** The limits of what is left after some bytes. */
        Limits without(long bytes) {
            return bytesMax == Long.MAX_VALUE ? this : new Limits(bytesMax - bytes, last, readMs);
        }
    }

    /** The file no longer holds the content that was read before: it was truncated or rewritten. */
    static final class ReplacedException extends Exception {
        private static final long serialVersionUID = 1L;
    }

    /**
     * Reads the next whole lines, and moves the cursor past them.
     *
     * @param limits how far to read, and what is known of the end
     * @return empty if there is no whole line yet
     * @throws ReplacedException if the content no longer matches the cursor
     */
    Optional<Chunk> read(Content content, ReadCursor cursor, Search search, Limits limits)
            throws IOException, ReplacedException {
        if (content.endsBefore(cursor.offset())) {
            throw new ReplacedException();
        }
        if (search.searchedTo > cursor.offset()) {
            return readOverlong(content, cursor, search, limits);
        }
        int length = content.read(cursor.offset(), buffer, (int) Math.min(buffer.length, limits.bytesMax()));
        if (length == 0) {
            return Optional.empty();
        }
        // Checked after the read: if the file was truncated in between, the bytes belong to another content.
        if (content.mayHaveChanged() && !cursor.matches(content)) {
            throw new ReplacedException();
        }
        if (buffer[0] == 0 && newline.length == 1) {
            long before = cursor.offset();
            return skipNulBytes(content, cursor)
                    ? read(content, cursor, search, limits.without(cursor.offset() - before))
                    : Optional.empty();
        }
        int consumed = split(length);
        if (consumed == 0 && length == buffer.length) {
            search.searchedTo = cursor.offset() + length;
            search.beginning = Arrays.copyOf(buffer, lineBytesMax);
            return readOverlong(content, cursor, search, limits);
        }
        boolean allSplit = lineCount < CHUNK_LINES_MAX;
        if (allSplit && consumed < length && (limits.last() || content.isFinished()) && length < buffer.length) {
            addLine(consumed, length);
            consumed = length;
        }
        if (lineCount == 0) {
            return Optional.empty();
        }
        long offset = cursor.offset();
        cursor.advance(buffer, consumed);
        Lines lines = new Lines(
                Arrays.copyOf(buffer, consumed),
                Arrays.copyOf(bounds, 2 * lineCount),
                isAnyOverlong ? Arrays.copyOf(dropped, lineCount) : Lines.noneDropped());
        return Optional.of(new Chunk(lines, offset, cursor.position(), limits.readMs()));
    }

    /** Finds the lines in the buffer, as many as fit into a chunk. Returns the length of all of them. */
    private int split(int length) {
        lineCount = 0;
        isAnyOverlong = false;
        int start = 0;
        int end = newlineFrom(start, length);
        while (end >= 0 && lineCount < CHUNK_LINES_MAX) {
            addLine(start, end);
            start = end + newline.length;
            end = newlineFrom(start, length);
        }
        return start;
    }

    private int newlineFrom(int start, int length) {
        for (int at = start; at + newline.length <= length; at += newline.length) {
            if (buffer[at] == newline[0] && isAt(newline, at)) {
                return at;
            }
        }
        return -1;
    }

    /**
     * Moves the cursor past NUL bytes: the hole in front of what a program writes that goes on at its old position after its log was
     * truncated.
     *
     * @return whether other bytes follow
     */
    private boolean skipNulBytes(Content content, ReadCursor cursor) throws IOException, ReplacedException {
        long at = cursor.offset();
        boolean found = false;
        boolean ended = false;
        for (int searched = 0; !found && !ended && searched < SEARCH_CHUNKS_MAX; searched++) {
            int length = content.read(at, buffer, buffer.length);
            int first = firstOtherThanNul(length);
            at += first;
            found = first < length;
            ended = length < buffer.length;
        }
        nulBytes += at - cursor.offset();
        cursor.moveTo(content, at);
        if (cursor.offset() != at) {
            throw new ReplacedException();
        }
        return found;
    }

    private int firstOtherThanNul(int length) {
        int at = 0;
        while (at < length && buffer[at] == 0) {
            at++;
        }
        return at;
    }

    /** How many NUL bytes at the beginning of lines were skipped. */
    long nulBytes() {
        return nulBytes;
    }

    private boolean isAt(byte[] unit, int at) {
        return unit.length == 1
                ? buffer[at] == unit[0]
                : Arrays.equals(unit, 0, unit.length, buffer, at, at + unit.length);
    }

    private void addLine(int start, int end) {
        int withoutReturn = end - carriageReturn.length;
        int lineEnd = withoutReturn >= start && isAt(carriageReturn, withoutReturn) ? withoutReturn : end;
        int kept = Math.min(lineEnd - start, lineBytesMax);
        bounds[2 * lineCount] = start;
        bounds[2 * lineCount + 1] = start + kept;
        dropped[lineCount] = (long) lineEnd - start - kept;
        isAnyOverlong |= dropped[lineCount] > 0;
        lineCount++;
    }

    private Optional<Chunk> readOverlong(Content content, ReadCursor cursor, Search search, Limits limits)
            throws IOException, ReplacedException {
        if (content.mayHaveChanged() && !cursor.matches(content)) {
            throw new ReplacedException();
        }
        int length = content.read(search.searchedTo, buffer, buffer.length);
        int end = newlineFrom(0, length);
        for (int searched = 1; end < 0 && length == buffer.length && searched < SEARCH_CHUNKS_MAX; searched++) {
            search.searchedTo += length;
            length = content.read(search.searchedTo, buffer, buffer.length);
            end = newlineFrom(0, length);
        }
        boolean atEnd = length < buffer.length && (limits.last() || content.isFinished());
        if (end < 0 && !atEnd) {
            search.searchedTo += length - length % newline.length;
            return Optional.empty();
        }
        long start = cursor.offset();
        long lineEnd = search.searchedTo + (end < 0 ? length : end);
        long next = end < 0 ? lineEnd : lineEnd + newline.length;
        cursor.moveTo(content, next);
        if (cursor.offset() != next) {
            throw new ReplacedException();
        }
        Lines line = Lines.overlong(search.beginning, lineEnd - start - search.beginning.length);
        search.searchedTo = 0;
        search.beginning = new byte[0];
        return Optional.of(new Chunk(line, start, cursor.position(), limits.readMs()));
    }
}
