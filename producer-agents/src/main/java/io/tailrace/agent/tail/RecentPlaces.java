package io.tailrace.agent.tail;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Iterator;

/** The ends of the chunks of a content that were read last. Not thread-safe. */
final class RecentPlaces {
    /** Bounds how much may have been read after a copy was made that is still known as one. */
    private static final int MAX = 16;

    private final ArrayDeque<ReadPosition> places = new ArrayDeque<>(4);

    void add(ReadPosition end) {
        places.add(end);
        if (places.size() > MAX) {
            places.remove();
        }
    }

    /**
     * Whether a file that ends before what was read holds the content up to the last of these places in it. False, too, if it ends
     * before all of them: to send lines twice is better than to lose some.
     *
     * @param cursor knows how the content begins
     */
    boolean arePrefix(Content opened, ReadCursor cursor) throws IOException {
        for (Iterator<ReadPosition> latest = places.descendingIterator(); latest.hasNext(); ) {
            ReadPosition place = latest.next();
            if (!ReadCursor.ends(opened, place)) {
                return ReadCursor.resume(opened, place).isPresent();
            }
        }
        Head head = Head.of(opened);
        return !head.isWhole() && cursor.offset() > head.length() && cursor.beginsLike(head);
    }
}
