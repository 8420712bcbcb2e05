package io.tailrace.loader.plan;

import io.tailrace.protocol.TopicPartition;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;

/**
 * Offsets of one partition, one bit for each offset from the first possible one to the last in the set. Threads may share a set
 * that no longer changes.
 */
public final class OffsetSet {
    private final long from;
    private final BitSet bits;

    /** An empty set of offsets from {@code from}, inclusive, to {@code from} plus 2^31 - 1, exclusive. */
    public OffsetSet(long from) {
        this(from, new BitSet());
    }

    private OffsetSet(long from, BitSet bits) {
        this.from = from;
        this.bits = bits;
    }

    /** Returns the set that has been written as {@link #from} and {@link #bits}. */
    public static OffsetSet of(long from, byte[] bits) {
        return new OffsetSet(from, BitSet.valueOf(bits));
    }

    /** The first offset that the set can have. */
    public long from() {
        return from;
    }

    /** A bit for each offset from the first possible one, 8 in each byte, those of smaller offsets in lower places. */
    public byte[] bits() {
        return bits.toByteArray();
    }

    /**
     * Adds an offset.
     *
     * @throws IllegalArgumentException if the offset is not one that the set can have
     */
    public void add(long offset) {
        if (offset < from || offset - from >= Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "offset " + offset + ": expected one of 2^31 - 1 offsets from " + from + " on");
        }
        bits.set((int) (offset - from));
    }

    /** Whether the set has an offset. */
    public boolean contains(long offset) {
        long index = offset - from;
        return index >= 0 && index < Integer.MAX_VALUE && bits.get((int) index);
    }

    /** Number of offsets in the set. */
    public long size() {
        return bits.cardinality();
    }

    /** Returns the offsets of the set in a range, both of this set's partition. */
    public OffsetSet within(OffsetRange range) {
        long first = Math.max(range.from(), from);
        long end = Math.min(range.to(), from + bits.length());
        return end <= first
                ? new OffsetSet(first)
                : new OffsetSet(first, bits.get((int) (first - from), (int) (end - from)));
    }

    /** Returns the ranges, {@code from} inclusive and {@code to} exclusive, of the offsets that are here and not in another set. */
    public List<OffsetRange> minus(OffsetSet other, TopicPartition partition) {
        List<OffsetRange> ranges = new ArrayList<>();
        long start = -1;
        for (int i = bits.nextSetBit(0); i >= 0; i = bits.nextSetBit(i + 1)) {
            long offset = from + i;
            if (other.contains(offset)) {
                continue;
            }
            int last = ranges.size() - 1;
            if (start >= 0 && ranges.get(last).to() == offset) {
                ranges.set(last, new OffsetRange(partition, start, offset + 1));
            } else {
                start = offset;
                ranges.add(new OffsetRange(partition, offset, offset + 1));
            }
        }
        return ranges;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof OffsetSet set && from == set.from && bits.equals(set.bits);
    }

    @Override
    public int hashCode() {
        return Objects.hash(from, bits);
    }

    @Override
    public String toString() {
        return size() + " offsets from " + from + " on";
    }
}
