package io.tailrace.log;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The segments of a log, sorted by base offset. Immutable: a change creates a new list, so readers need no lock. */
final class SegmentList {
    private final List<Segment> segments;

    SegmentList(List<Segment> sorted) {
        this.segments = List.copyOf(sorted);
    }

    /** All segments, oldest first. */
    List<Segment> all() {
        return segments;
    }

    Segment first() {
        return segments.get(0);
    }

    /** The active segment, the only one that is appended to. */
    Segment last() {
        return segments.get(segments.size() - 1);
    }

    /** The segment that contains an offset, or the first one if the offset is below all segments. */
    Segment floor(long offset) {
        return segments.get(Math.max(0, countUpTo(offset) - 1));
    }

    /** The segment after another, or null after the last. */
    @Nullable
    Segment after(Segment segment) {
        int index = countUpTo(segment.baseOffset());
        return index < segments.size() ? segments.get(index) : null;
    }

    /** The segments from the one that contains an offset. */
    List<Segment> from(long offset) {
        return segments.subList(Math.max(0, countUpTo(offset) - 1), segments.size());
    }

    SegmentList plus(Segment newest) {
        List<Segment> more = new ArrayList<>(segments);
        more.add(newest);
        return new SegmentList(more);
    }

    /**
     * A list with one segment in place of adjacent ones.
     *
     * @throws CompactionStoppedException if they are not in the list, or the last of them is the active segment
     */
    SegmentList replace(List<Segment> adjacent, Segment replacement) {
        int from = segments.indexOf(adjacent.get(0));
        int to = from + adjacent.size();
        if (from < 0 || to >= segments.size() || !segments.subList(from, to).equals(adjacent)) {
            throw new CompactionStoppedException("the segments have changed");
        }
        List<Segment> replaced = new ArrayList<>(segments.subList(0, from));
        replaced.add(replacement);
        replaced.addAll(segments.subList(to, segments.size()));
        return new SegmentList(replaced);
    }

    SegmentList withoutFirst(int count) {
        return new SegmentList(segments.subList(count, segments.size()));
    }

    SegmentList withoutLast(int count) {
        return new SegmentList(segments.subList(0, segments.size() - count));
    }

    /** Number of segments whose base offset is at most {@code offset}. */
    private int countUpTo(long offset) {
        int low = 0;
        int high = segments.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (segments.get(middle).baseOffset() <= offset) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
