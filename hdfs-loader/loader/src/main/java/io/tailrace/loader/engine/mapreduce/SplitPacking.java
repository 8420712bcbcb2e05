package io.tailrace.loader.engine.mapreduce;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.function.ToLongFunction;

/** Packs tasks into splits, one per container. Pure. */
final class SplitPacking {
    private SplitPacking() {}

    /**
     * Packs items so that no split of more than one item exceeds the limit, and no two splits fit into one. Larger items
     * come first, so that a container that starts late has little to do.
     *
     * @param size size of an item in bytes, at least 0
     * @param bytesMax size of a split; a larger item gets a split to itself
     */
    static <T> List<List<T>> pack(List<T> items, ToLongFunction<T> size, long bytesMax) {
        Deque<T> largestFirst = new ArrayDeque<>(
                items.stream().sorted(Comparator.comparingLong(size).reversed()).toList());
        List<List<T>> splits = new ArrayList<>();
        while (!largestFirst.isEmpty()) {
            List<T> split = new ArrayList<>();
            T first = largestFirst.removeFirst();
            split.add(first);
            long left = bytesMax - size.applyAsLong(first);
            // The smallest fill the rest: each item is looked at once, whatever the number of items.
            while (!largestFirst.isEmpty() && size.applyAsLong(largestFirst.getFirst()) <= left) {
                T next = largestFirst.removeFirst();
                left -= size.applyAsLong(next);
                split.add(next);
            }
            while (!largestFirst.isEmpty() && size.applyAsLong(largestFirst.getLast()) <= left) {
                T next = largestFirst.removeLast();
                left -= size.applyAsLong(next);
                split.add(next);
            }
            splits.add(split);
        }
        return splits;
    }
}
