package io.tailrace.agent.tail;

import java.util.ArrayDeque;
import java.util.List;

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

    List<ReadPosition> all() {
        return List.copyOf(places);
    }
}
