package io.tailrace.agent.tail;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Cuts the bytes of contents into lines. One buffer serves every file of a source.
 *
 * <p>A line ends with the newline of the source's encoding, whose width is also its alignment; a carriage return before
 * it belongs to it. A line without an end waits for it. One longer than the bound is read on to its end without being
 * kept, and comes out cut.
 */
final class LineReader {
    /** Bounds how long one line without an end may hold up the other files. */
    private static final int SEARCH_CHUNKS_MAX = 64;

    /** A line of no bytes takes memory too: what a chunk holds is bounded by lines as well as by bytes. */
    static final int CHUNK_LINES_MAX = 4_096;

    private final byte[] newline;
    private final byte[] carriageReturn;
    private final int lineBytesMax;
    private final byte[] buffer;

    /**
     * A reader for one encoding.
     *
     * @param newline a newline in the encoding, also the width of its units
     * @param carriageReturn a carriage return in the encoding
     * @param chunkBytesMax what is read in one go, at least twice {@code lineBytesMax}
     */
    LineReader(byte[] newline, byte[] carriageReturn, int lineBytesMax, int chunkBytesMax) {
        if (chunkBytesMax < 2L * lineBytesMax) {
            throw new IllegalArgumentException(
                    "chunk of " + chunkBytesMax + " bytes: expected twice the longest line, " + lineBytesMax);
        }
        this.newline = newline.clone();
        this.carriageReturn = carriageReturn.clone();
        this.lineBytesMax = lineBytesMax;
        this.buffer = new byte[chunkBytesMax - chunkBytesMax % newline.length];
    }

    /** Where an overlong line's end was not found yet: nothing before is looked at again. */
    static final class Search {
        private long searchedTo;

        long searchedTo() {
            return searchedTo;
        }
    }

    /** The content under a reader is no longer the one it read before: it was truncated, or written anew. */
    static final class ReplacedException extends Exception {
        private static final long serialVersionUID = 1L;
    }

    /**
     * Reads the whole lines that come next, and moves the trail behind them.
     *
     * @param last whether nothing will be added, so that a line without an end is one
     * @return empty when there is no whole line yet
     * @throws ReplacedException when what the trail has seen no longer stands there; nothing was moved
     */
    Optional<Chunk> read(Content content, Trail trail, Search search, boolean last)
            throws IOException, ReplacedException {
        if (content.endsBefore(trail.position())) {
            throw new ReplacedException();
        }
        if (search.searchedTo > trail.position()) {
            return readOverlong(content, trail, search, last);
        }
        int length = content.read(trail.position(), buffer, buffer.length);
        if (length == 0) {
            return Optional.empty();
        }
        // Checked after the read: bytes read before a truncation are good, bytes read after it are another content's.
        if (content instanceof PlainContent && !trail.isStillIn(content)) {
            throw new ReplacedException();
        }
        List<Line> lines = new ArrayList<>();
        int consumed = cut(trail.position(), length, lines);
        if (consumed == 0 && length == buffer.length) {
            search.searchedTo = trail.position() + length;
            return readOverlong(content, trail, search, last);
        }
        boolean cutToTheEnd = lines.size() < CHUNK_LINES_MAX;
        if (cutToTheEnd && consumed < length && (last || content.isFinished()) && length < buffer.length) {
            lines.add(line(trail.position() + consumed, consumed, length));
            consumed = length;
        }
        if (lines.isEmpty()) {
            return Optional.empty();
        }
        trail.advance(buffer, consumed);
        return Optional.of(new Chunk(lines, trail.mark()));
    }

    private int cut(long position, int length, List<Line> lines) {
        int start = 0;
        int end = newlineFrom(start, length);
        while (end >= 0 && lines.size() < CHUNK_LINES_MAX) {
            lines.add(line(position + start, start, end));
            start = end + newline.length;
            end = newlineFrom(start, length);
        }
        return start;
    }

    private int newlineFrom(int start, int length) {
        for (int at = start; at + newline.length <= length; at += newline.length) {
            if (buffer[at] == newline[0] && standsAt(newline, at)) {
                return at;
            }
        }
        return -1;
    }

    private boolean standsAt(byte[] unit, int at) {
        return Arrays.equals(unit, 0, unit.length, buffer, at, at + unit.length);
    }

    private Line line(long offset, int start, int end) {
        int withoutReturn = end - carriageReturn.length;
        int lineEnd = withoutReturn >= start && standsAt(carriageReturn, withoutReturn) ? withoutReturn : end;
        int kept = Math.min(lineEnd - start, lineBytesMax);
        return new Line(offset, Arrays.copyOfRange(buffer, start, start + kept), lineEnd - start - kept);
    }

    private Optional<Chunk> readOverlong(Content content, Trail trail, Search search, boolean last)
            throws IOException, ReplacedException {
        if (content instanceof PlainContent && !trail.isStillIn(content)) {
            throw new ReplacedException();
        }
        int length = content.read(search.searchedTo, buffer, buffer.length);
        int end = newlineFrom(0, length);
        for (int searched = 1; end < 0 && length == buffer.length && searched < SEARCH_CHUNKS_MAX; searched++) {
            search.searchedTo += length;
            length = content.read(search.searchedTo, buffer, buffer.length);
            end = newlineFrom(0, length);
        }
        boolean atEnd = length < buffer.length && (last || content.isFinished());
        if (end < 0 && !atEnd) {
            search.searchedTo += length - length % newline.length;
            return Optional.empty();
        }
        long start = trail.position();
        long lineEnd = search.searchedTo + (end < 0 ? length : end);
        long next = end < 0 ? lineEnd : lineEnd + newline.length;
        byte[] kept = new byte[lineBytesMax];
        int keptLength = content.read(start, kept, kept.length);
        trail.moveTo(content, next);
        if (keptLength < kept.length || trail.position() != next) {
            throw new ReplacedException();
        }
        search.searchedTo = 0;
        return Optional.of(new Chunk(List.of(new Line(start, kept, lineEnd - start - kept.length)), trail.mark()));
    }
}
