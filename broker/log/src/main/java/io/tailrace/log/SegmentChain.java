package io.tailrace.log;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The list of a log's closed and forced segments, and how far the log is compacted: the content of {@code segment-chain}
 * ({@code docs/format.md}). Immutable.
 *
 * @param links the segments, oldest first; each covers the offsets up to the next one's base offset
 * @param endOffset base offset of the first segment that is not listed; 0 if no segment is listed
 * @param history how far the log is compacted
 */
record SegmentChain(List<Link> links, long endOffset, CompactionHistory history) {
    /** Of a log that has only an active segment. */
    static final SegmentChain EMPTY = new SegmentChain(List.of(), 0, CompactionHistory.EMPTY);

    /**
     * A closed segment.
     *
     * @param baseOffset names the file
     * @param sizeInBytes size of the file, which no longer changes
     * @param compactedMs when compaction wrote the file; 0 if it is as it was appended
     */
    record Link(long baseOffset, int sizeInBytes, long compactedMs) {}

    SegmentChain {
        links = List.copyOf(links);
    }

    /**
     * The segments of a log that end at or below an offset.
     *
     * @param forcedOffset everything below it is forced
     */
    static SegmentChain of(SegmentList segments, long forcedOffset, CompactionHistory history) {
        List<Link> links = new ArrayList<>();
        long endOffset = 0;
        for (Segment segment : segments.all()) {
            Segment next = segments.after(segment);
            if (next == null || next.baseOffset() > forcedOffset) {
                break;
            }
            links.add(new Link(segment.baseOffset(), segment.sizeInBytes(), segment.compactedMs()));
            endOffset = next.baseOffset();
        }
        return new SegmentChain(links, endOffset, history);
    }

    /** The chain before the segment that a truncation cuts, with a history up to the log's new end. */
    SegmentChain truncate(long cutBaseOffset, long logEndOffset) {
        List<Link> kept =
                links.stream().filter(link -> link.baseOffset < cutBaseOffset).toList();
        long end = kept.isEmpty() ? 0 : Math.min(endOffset, cutBaseOffset);
        return new SegmentChain(kept, end, history.truncate(logEndOffset));
    }

    /** The link that compaction wrote from the segment with this base offset, among others; empty if there is none. */
    Optional<Link> replacing(long baseOffset) {
        for (int i = 0; i < links.size(); i++) {
            Link link = links.get(i);
            if (link.compactedMs > 0 && link.baseOffset < baseOffset && baseOffset < endOf(i)) {
                return Optional.of(link);
            }
        }
        return Optional.empty();
    }

    private long endOf(int index) {
        return index + 1 < links.size() ? links.get(index + 1).baseOffset : endOffset;
    }

    /** When compaction wrote each segment, by base offset; without those that are as they were appended. */
    Map<Long, Long> compactedMs() {
        return links.stream()
                .filter(link -> link.compactedMs > 0)
                .collect(Collectors.toMap(Link::baseOffset, Link::compactedMs));
    }

    /**
     * Checks that the listed segments are there, with their sizes. The oldest may be missing: retention deletes them before the
     * chain is written again. Segments that end below the log start offset are not checked.
     */
    void ensureComplete(List<Segment> segments, long logStartOffset) throws CorruptLogException {
        if (segments.isEmpty()) {
            return;
        }
        Map<Long, Segment> byBaseOffset =
                segments.stream().collect(Collectors.toMap(Segment::baseOffset, Function.identity()));
        Segment first = segments.get(0);
        for (int i = 0; i < links.size(); i++) {
            Link link = links.get(i);
            if (link.baseOffset >= first.baseOffset() && endOf(i) > logStartOffset) {
                ensureIntact(link, byBaseOffset.get(link.baseOffset), first.file());
            }
        }
    }

    private static void ensureIntact(Link link, @Nullable Segment segment, Path sibling) throws CorruptLogException {
        if (segment == null) {
            Path missing = sibling.resolveSibling(LogFiles.nameOf(link.baseOffset, LogFiles.LOG));
            throw new CorruptLogException(missing, "the file is missing, expected " + link.sizeInBytes + " bytes");
        }
        int size = segment.sizeInBytes();
        if (size != link.sizeInBytes) {
            throw new CorruptLogException(segment.file(), size, "end of a closed segment", link.sizeInBytes, size);
        }
    }
}
