package io.tailrace.protocol;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Which leader epoch wrote which part of a log (KIP-101, KIP-279). Immutable.
 *
 * <p>Two logs are equal below the offset up to which they have the same epochs. With this a follower finds where to
 * truncate, and a leader finds whether a follower's log is a prefix of its own. Epochs grow; start offsets grow.
 */
public final class LeaderEpochs {
    /** The epoch of an empty log. */
    public static final int UNKNOWN = -1;

    /** The epochs of an empty log. */
    public static final LeaderEpochs EMPTY = new LeaderEpochs(new int[0], new long[0]);

    private final int[] epochs;
    private final long[] startOffsets;

    private LeaderEpochs(int[] epochs, long[] startOffsets) {
        this.epochs = epochs;
        this.startOffsets = startOffsets;
    }

    /**
     * The epochs that start there, in order.
     *
     * @throws IllegalArgumentException as {@link #append} does
     */
    public static LeaderEpochs of(List<EpochStart> starts) {
        LeaderEpochs all = EMPTY;
        for (EpochStart start : starts) {
            all = all.append(start.epoch(), start.startOffset());
        }
        return all;
    }

    /** The latest epoch, {@link #UNKNOWN} if there is none. */
    public int latest() {
        return epochs.length == 0 ? UNKNOWN : epochs[epochs.length - 1];
    }

    /**
     * Adds an epoch that starts at {@code startOffset}; changes nothing if it is the latest already. If the latest epoch
     * starts at the same offset, it has no records and is replaced.
     *
     * @throws IllegalArgumentException if the epoch is negative, is older than the latest, or starts before the latest
     */
    public LeaderEpochs append(int epoch, long startOffset) {
        if (epoch < 0) {
            throw new IllegalArgumentException("epoch " + epoch + " at offset " + startOffset + " is negative");
        }
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

    /** Drops the epochs that start at {@code endOffset} or after it: the log was truncated to end there. */
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
     * Drops the epochs that end at {@code logStartOffset} or before it. The epoch that the new log start offset lies in
     * starts there.
     */
    public LeaderEpochs startAt(long logStartOffset) {
        int from = 0;
        while (from < epochs.length && startOffsets[from] < logStartOffset) {
            from++;
        }
        if (from == 0) {
            return this;
        }
        boolean nextStartsThere = from < epochs.length && startOffsets[from] == logStartOffset;
        int first = nextStartsThere ? from : from - 1;
        long[] newStarts = Arrays.copyOfRange(startOffsets, first, epochs.length);
        newStarts[0] = logStartOffset;
        return new LeaderEpochs(Arrays.copyOfRange(epochs, first, epochs.length), newStarts);
    }

    /**
     * The end of {@code epoch}, or of the latest epoch before it if the log does not have it. If the log has no epoch that
     * early, the answer is {@link #UNKNOWN}, which ends where the first epoch starts.
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
