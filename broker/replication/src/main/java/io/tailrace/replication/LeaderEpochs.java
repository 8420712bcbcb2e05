package io.tailrace.replication;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Which leader epoch wrote which part of a log (KIP-101, KIP-279). Immutable.
 *
 * <p>Two logs agree below the point to which they have the same epochs; this is how a follower finds where to truncate,
 * and a leader whether what a follower has is a prefix of its own.
 */
public final class LeaderEpochs {
    /** No epoch: of an empty log. */
    public static final int UNKNOWN = -1;

    /** Of a log without records. */
    public static final LeaderEpochs EMPTY = new LeaderEpochs(new int[0], new long[0]);

    private final int[] epochs;
    private final long[] startOffsets;

    private LeaderEpochs(int[] epochs, long[] startOffsets) {
        this.epochs = epochs;
        this.startOffsets = startOffsets;
    }

    /**
     * The history with these epochs, in order.
     *
     * @throws IllegalArgumentException if epochs do not grow, or offsets shrink
     */
    public static LeaderEpochs of(List<EpochStart> starts) {
        LeaderEpochs history = EMPTY;
        for (EpochStart start : starts) {
            history = history.append(start.epoch(), start.startOffset());
        }
        return history;
    }

    /** The first offset that was written in an epoch. */
    public record EpochStart(int epoch, long startOffset) {}

    /** The latest epoch, {@link #UNKNOWN} if there is none. */
    public int latest() {
        return epochs.length == 0 ? UNKNOWN : epochs[epochs.length - 1];
    }

    /**
     * With records of {@code epoch} from {@code startOffset} on; itself if that epoch is already the latest. An epoch in
     * which nothing was written gives way to the one that starts at the same offset.
     *
     * @throws IllegalArgumentException if the epoch is older than the latest, or starts before it
     */
    public LeaderEpochs append(int epoch, long startOffset) {
        int size = epochs.length;
        if (size > 0) {
            if (epoch == epochs[size - 1]) {
                return this;
            }
            if (epoch < epochs[size - 1] || startOffset < startOffsets[size - 1]) {
                throw new IllegalArgumentException(
                        "epoch " + epoch + " at offset " + startOffset + " cannot follow " + this);
            }
            if (startOffset == startOffsets[size - 1]) {
                size--;
            }
        }
        int[] newEpochs = Arrays.copyOf(epochs, size + 1);
        long[] newStarts = Arrays.copyOf(startOffsets, size + 1);
        newEpochs[size] = epoch;
        newStarts[size] = startOffset;
        return new LeaderEpochs(newEpochs, newStarts);
    }

    /** Without what starts at {@code endOffset} or after it. */
    public LeaderEpochs truncate(long endOffset) {
        int size = epochs.length;
        while (size > 0 && startOffsets[size - 1] >= endOffset) {
            size--;
        }
        return size == epochs.length
                ? this
                : new LeaderEpochs(Arrays.copyOf(epochs, size), Arrays.copyOf(startOffsets, size));
    }

    /**
     * The end of the latest epoch that is not after {@code epoch}. If there is none, {@link #UNKNOWN}, which ends where the
     * first epoch starts.
     */
    public EpochEnd endOf(int epoch, long logEndOffset) {
        int i = epochs.length - 1;
        while (i >= 0 && epochs[i] > epoch) {
            i--;
        }
        long end = i + 1 < epochs.length ? startOffsets[i + 1] : logEndOffset;
        return new EpochEnd(i < 0 ? UNKNOWN : epochs[i], end);
    }

    /** The epochs in order, as {@link #of} takes them. */
    public List<EpochStart> starts() {
        return IntStream.range(0, epochs.length)
                .mapToObj(i -> new EpochStart(epochs[i], startOffsets[i]))
                .toList();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LeaderEpochs that
                && Arrays.equals(epochs, that.epochs)
                && Arrays.equals(startOffsets, that.startOffsets);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(epochs) + Arrays.hashCode(startOffsets);
    }

    @Override
    public String toString() {
        return starts().toString();
    }
}
