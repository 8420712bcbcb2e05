package io.tailrace.loader.audit;

import java.util.Map;
import java.util.TreeMap;

/** A set of numbers, most of which are consecutive. Not thread-safe. */
final class SequenceRanges {
    /** The last number of each range, by its first. Ranges do not touch. */
    private final TreeMap<Long, Long> ranges = new TreeMap<>();

    /** Adds a number and returns whether it is new. */
    boolean add(long number) {
        Map.Entry<Long, Long> before = ranges.floorEntry(number);
        if (before != null && before.getValue() >= number) {
            return false;
        }
        long first = before != null && before.getValue() == number - 1 ? before.getKey() : number;
        Long after = ranges.remove(number + 1);
        ranges.put(first, after == null ? number : after);
        return true;
    }

    boolean isEmpty() {
        return ranges.isEmpty();
    }

    /** Whether the set has all numbers from its smallest one to {@code end}, exclusive; false if it is empty. */
    boolean reaches(long end) {
        return !ranges.isEmpty() && ranges.firstEntry().getValue() >= end - 1;
    }

    /** Returns the first number above the smallest one that is missing; 0 if the set is empty. */
    long firstMissing() {
        return ranges.isEmpty() ? 0 : ranges.firstEntry().getValue() + 1;
    }
}
