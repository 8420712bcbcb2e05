package io.tailrace.agent.tail;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;

/** The chunks of a content that were read last. Not thread-safe. */
final class RecentPlaces {
    /** Bounds how much may have been read after a copy was made that is still known as one. */
    private static final int MAX = 16;

    private final ArrayDeque<Place> places = new ArrayDeque<>(4);

    /**
     * A chunk.
     *
     * @param end where it ended
     * @param beginning its first bytes, empty if they are not known
     */
    record Place(ReadPosition end, byte[] beginning) {
        static final int BEGINNING_BYTES_MAX = 256;

        /** Whether bytes are those that the chunk begins with, as far as there are any. */
        boolean beginsLike(byte[] bytes, int length) {
            int common = Math.min(length, beginning.length);
            return Arrays.equals(bytes, 0, common, beginning, 0, common);
        }
    }

    void add(Place place) {
        places.add(place);
        if (places.size() > MAX) {
            places.remove();
        }
    }

    List<Place> all() {
        return List.copyOf(places);
    }
}
