package io.tailrace.loader.commit;

/**
 * What a commit loaded of a partition.
 *
 * @param startOffset first offset that the commit covers, inclusive
 * @param endOffset end of the loaded offsets, exclusive
 * @param leaderEpoch the leader epoch at the end offset, or {@link #UNKNOWN_EPOCH}
 */
public record PartitionProgress(long startOffset, long endOffset, int leaderEpoch) {

    /** No epoch is known: the commit was written before epochs were kept, or the log was empty. */
    public static final int UNKNOWN_EPOCH = -1;

    public PartitionProgress {
        if (startOffset < 0 || endOffset < startOffset || leaderEpoch < UNKNOWN_EPOCH) {
            throw new IllegalArgumentException(
                    "expected 0 <= startOffset <= endOffset and a leader epoch of at least -1, found " + startOffset
                            + ", " + endOffset + " and " + leaderEpoch);
        }
    }
}
