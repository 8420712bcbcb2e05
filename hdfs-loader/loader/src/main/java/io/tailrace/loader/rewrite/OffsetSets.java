package io.tailrace.loader.rewrite;

import io.tailrace.loader.plan.OffsetRange;
import io.tailrace.loader.plan.OffsetSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Offsets within ranges that do not overlap. Others are not kept. Not thread-safe. */
final class OffsetSets {
    private final Map<Integer, TreeMap<Long, Part>> parts = new HashMap<>();

    private record Part(OffsetRange range, OffsetSet offsets) {}

    /** @throws IllegalArgumentException if a range has more offsets than fit in memory */
    OffsetSets(List<OffsetRange> ranges) {
        for (OffsetRange range : ranges) {
            if (range.length() >= Integer.MAX_VALUE) {
                throw new IllegalArgumentException(
                        "offsets " + range.from() + " to " + (range.to() - 1) + " of " + range.topicPartition()
                                + ": expected fewer than 2^31 offsets to load again. Reload a smaller range");
            }
            parts.computeIfAbsent(range.topicPartition().partition(), first -> new TreeMap<>())
                    .put(range.from(), new Part(range, new OffsetSet(range.from())));
        }
    }

    /** Adds an offset, if it is in one of the ranges. */
    void add(int partition, long offset) {
        TreeMap<Long, Part> ofPartition = parts.get(partition);
        Map.Entry<Long, Part> part = ofPartition == null ? null : ofPartition.floorEntry(offset);
        if (part != null && offset < part.getValue().range().to()) {
            part.getValue().offsets().add(offset);
        }
    }

    /** Returns the offsets in a range that is part of one of the ranges. */
    OffsetSet within(OffsetRange range) {
        Part part = part(range);
        return part.offsets().within(range);
    }

    private Part part(OffsetRange range) {
        TreeMap<Long, Part> ofPartition = parts.get(range.topicPartition().partition());
        Map.Entry<Long, Part> part = ofPartition == null ? null : ofPartition.floorEntry(range.from());
        if (part == null || range.to() > part.getValue().range().to()) {
            throw new IllegalStateException(range + " is not part of the ranges");
        }
        return part.getValue();
    }

    /** Returns the ranges of offsets that are here and not in other sets of the same ranges. */
    List<OffsetRange> minus(OffsetSets other) {
        List<OffsetRange> ranges = new ArrayList<>();
        parts.values().stream()
                .flatMap(ofPartition -> ofPartition.values().stream())
                .forEach(part -> ranges.addAll(part.offsets()
                        .minus(other.part(part.range()).offsets(), part.range().topicPartition())));
        return ranges;
    }

    long size() {
        return parts.values().stream()
                .flatMap(ofPartition -> ofPartition.values().stream())
                .mapToLong(part -> part.offsets().size())
                .sum();
    }
}
