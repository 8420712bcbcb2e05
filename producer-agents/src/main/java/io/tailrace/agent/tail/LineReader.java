package io.tailrace.agent.tail;

import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Splits the bytes of contents into lines, or into records of several lines. Not
 * thread-safe.
 *
 * <p>A line without an end is not returned until it has one, and a record of several lines not before the next one begins, or the
 * content has not grown for the timeout. An overlong line or record is read to its end without being kept, and returned truncated.
 * NUL bytes at the beginning of a line are skipped.
 */
final class LineReader {
    /** Bounds the time that one overlong line takes from the other files. */
    private static final int SEARCH_CHUNKS_MAX = 64;

    private final LineBuffer lines;
    /** Joins lines to records; null if each line is one. */
    private final @Nullable RecordSplitter records;

    private long nulBytes;

    /** A reader for the files of a source, whose chunks have room for at least two of the longest lines. */
    LineReader(TailConfig config, LineBuffers buffers) {
        int lineBytesMax = config.lineBytesMax();
        if (config.chunkBytesMax() < 2L * lineBytesMax) {
            throw new IllegalArgumentException("chunk of " + config.chunkBytesMax()
                    + " bytes: expected at least twice the longest line, " + lineBytesMax);
        }
        lines = buffers.of(config);
        records = config.multiline()
                .map(how -> new RecordSplitter(how, config.charset(), lines))
                .orElse(null);
    }

    /** How far the end of an overlong line was searched for, the line's beginning, and what is known of a record that may go on. */
    static final class Search {
        private static final long NONE = -1;

        private long searchedTo;
        private boolean isWithinLine;
        private byte[] beginning = new byte[0];
        /** Where the overlong line ends without its newline. */
        private long lineEnd;
        /** Where the content ended behind a record that may go on. */
        private long pendingTo = NONE;

        private long pendingSinceMs;

        long searchedTo() {
            return searchedTo;
        }

        /** Whether the content ends with a record that is whole unless it grows. */
        boolean isPending() {
            return pendingTo != NONE;
        }

        /** Where the content ended behind that record; -1 if there is none. */
        long pendingTo() {
            return pendingTo;
        }

        private boolean isOver(long endsAt, long steadyMs, long timeoutMs) {
            if (pendingTo != endsAt) {
                pendingTo = endsAt;
                pendingSinceMs = steadyMs;
            }
            return steadyMs - pendingSinceMs >= timeoutMs;
        }

        private void end() {
            searchedTo = 0;
            isWithinLine = false;
            beginning = new byte[0];
            pendingTo = NONE;
        }
    }

    /**
     * Limits of one read.
     *
     * @param bytesMax most bytes to read; lines that may have been sent before are read again up to the same end
     * @param last whether nothing will be added, so that a last line without an end counts as whole
     * @param readMs the time that the chunk's lines count as read
     * @param steadyMs the time now, by a clock that never jumps
     * @param memoryBytesMax memory of the chunk, but for its last line; see {@link Chunk#memoryBytes()}
     */
    record Limits(long bytesMax, boolean last, long readMs, long steadyMs, long memoryBytesMax) {
        /** The limits of what is left after some bytes. */
        Limits without(long bytes) {
            return bytesMax == Long.MAX_VALUE
                    ? this
                    : new Limits(bytesMax - bytes, last, readMs, steadyMs, memoryBytesMax);
        }
    }

    /** The file no longer holds the content that was read before: it was truncated or rewritten. */
    static final class ReplacedException extends Exception {
        private static final long serialVersionUID = 1L;
    }

    /**
     * Gets ready to read the next lines. An archive may have to be decompressed up to there again, which takes several steps.
     *
     * @return false if the budget was used up before
     */
    boolean advance(Content content, ReadCursor cursor, Search search, ReadBudget budget) throws IOException {
        // What was read before the cursor is compared first, when the decompressing gets there.
        long at = content.mayHaveChanged() ? cursor.offset() : Math.max(cursor.offset(), search.searchedTo);
        return content.advanceTo(at, lines.size(), budget);
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
        int length = content.read(cursor.offset(), lines.bytes(), (int) Math.min(lines.size(), limits.bytesMax()));
        if (length == 0) {
            search.pendingTo = Search.NONE;
            return Optional.empty();
        }
        // Checked after the read: if the file was truncated in between, the bytes belong to another content.
        verify(content, cursor);
        if (lines.bytes()[0] == 0 && lines.newlineBytes() == 1) {
            long before = cursor.offset();
            return skipNulBytes(content, cursor)
                    ? read(content, cursor, search, limits.without(cursor.offset() - before))
                    : Optional.empty();
        }
        lines.limitMemory(limits.memoryBytesMax());
        int consumed = records == null ? lines.split(length) : records.split(length);
        if (consumed == 0 && length == lines.size()) {
            return beginOverlong(content, cursor, search, limits);
        }
        if (!lines.isFull() && length < lines.size()) {
            consumed = closeLast(content, length, consumed, cursor.offset(), search, limits);
        }
        if (lines.count() == 0) {
            return Optional.empty();
        }
        long offset = cursor.offset();
        cursor.advance(lines.bytes(), consumed);
        return Optional.of(new Chunk(lines.lines(consumed), offset, cursor.position(), limits.readMs()));
    }

    private static void verify(Content content, ReadCursor cursor) throws IOException, ReplacedException {
        if (content.mayHaveChanged()) {
            if (!cursor.matches(content)) {
                throw new ReplacedException();
            }
            content.noteVerified();
        }
    }

    /** Adds the last line or record of the buffer if it is known to be whole. Returns the length of all. */
    private int closeLast(Content content, int length, int consumed, long offset, Search search, Limits limits) {
        // A copy that was made in the middle of a line ends before what was sent of its log.
        boolean endsEarly = limits.bytesMax() != Long.MAX_VALUE && length < limits.bytesMax();
        boolean isEnd = !endsEarly && (limits.last() || content.isFinished());
        if (records == null) {
            if (isEnd && consumed < length) {
                lines.add(consumed, length);
                return length;
            }
            return consumed;
        }
        // Where lines ended that were sent before, a record ended.
        boolean isSentEnd = length == limits.bytesMax();
        boolean mayBeWhole = records.endsWithOpenRecord(length);
        if (isEnd
                || isSentEnd
                || (mayBeWhole && search.isOver(offset + length, limits.steadyMs(), records.timeoutMs()))) {
            search.end();
            return records.closeOpenRecord(length);
        }
        if (!mayBeWhole) {
            search.end();
        }
        return consumed;
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
            int length = content.read(at, lines.bytes(), lines.size());
            int first = firstOtherThanNul(length);
            at += first;
            found = first < length;
            ended = length < lines.size();
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
        while (at < length && lines.bytes()[at] == 0) {
            at++;
        }
        return at;
    }

    /** The lines of a chunk are not needed any more. */
    void release(Chunk chunk) {
        lines.release(chunk.lines());
    }

    /** How many NUL bytes at the beginning of lines were skipped. */
    long nulBytes() {
        return nulBytes;
    }

    private Optional<Chunk> beginOverlong(Content content, ReadCursor cursor, Search search, Limits limits)
            throws IOException, ReplacedException {
        search.beginning = Arrays.copyOf(lines.bytes(), lines.lineBytesMax());
        int searched = records == null || records.partialLine() == 0 ? lines.size() : records.partialLine();
        search.isWithinLine = searched == lines.size();
        search.searchedTo = cursor.offset() + searched;
        return readOverlong(content, cursor, search, limits);
    }

    private Optional<Chunk> readOverlong(Content content, ReadCursor cursor, Search search, Limits limits)
            throws IOException, ReplacedException {
        verify(content, cursor);
        long next = records == null
                ? endOfLine(content, search, limits)
                : endOfRecord(content, records, cursor.offset(), search, limits);
        if (next == Search.NONE) {
            return Optional.empty();
        }
        long start = cursor.offset();
        cursor.moveTo(content, next);
        if (cursor.offset() != next) {
            throw new ReplacedException();
        }
        Lines line = Lines.overlong(search.beginning, search.lineEnd - start - search.beginning.length);
        search.end();
        return Optional.of(new Chunk(line, start, cursor.position(), limits.readMs()));
    }

    /** The position behind an overlong line, or {@link Search#NONE} if its end is not found yet. */
    private long endOfLine(Content content, Search search, Limits limits) throws IOException {
        int length = content.read(search.searchedTo, lines.bytes(), lines.size());
        int end = lines.newlineFrom(0, length);
        for (int searched = 1; end < 0 && length == lines.size() && searched < SEARCH_CHUNKS_MAX; searched++) {
            search.searchedTo += length;
            length = content.read(search.searchedTo, lines.bytes(), lines.size());
            end = lines.newlineFrom(0, length);
        }
        if (end >= 0) {
            search.lineEnd = search.searchedTo + end;
            return search.lineEnd + lines.newlineBytes();
        }
        if (length < lines.size() && (limits.last() || content.isFinished())) {
            search.lineEnd = search.searchedTo + length;
            return search.lineEnd;
        }
        search.searchedTo += length - length % lines.newlineBytes();
        return Search.NONE;
    }

    /** The position behind an overlong record of several lines, or {@link Search#NONE} if its end is not found yet. */
    private long endOfRecord(Content content, RecordSplitter splitter, long start, Search search, Limits limits)
            throws IOException {
        long sentEnd = limits.bytesMax() == Long.MAX_VALUE ? Long.MAX_VALUE : start + limits.bytesMax();
        for (int searched = 0; searched < SEARCH_CHUNKS_MAX; searched++) {
            int lengthMax = (int) Math.min(lines.size(), sentEnd - search.searchedTo);
            int length = content.read(search.searchedTo, lines.bytes(), lengthMax);
            int end = splitter.nextBeginning(length, search.isWithinLine);
            if (end >= 0) {
                search.lineEnd = search.searchedTo + end - lines.newlineBytes();
                return search.searchedTo + end;
            }
            int left = length - splitter.searched();
            search.searchedTo += splitter.searched();
            search.isWithinLine = splitter.isWithinLine();
            if (length < lines.size()) {
                long endsAt = search.searchedTo + left;
                boolean isEnd = endsAt == sentEnd || limits.last() || content.isFinished();
                boolean mayBeWhole = left == 0 && !search.isWithinLine;
                if (isEnd || (mayBeWhole && search.isOver(endsAt, limits.steadyMs(), splitter.timeoutMs()))) {
                    search.lineEnd = endsAt - (mayBeWhole ? lines.newlineBytes() : 0);
                    return endsAt;
                }
                search.pendingTo = mayBeWhole ? search.pendingTo : Search.NONE;
                return Search.NONE;
            }
        }
        return Search.NONE;
    }
}
