package io.tailrace.server.partition;

/**
 * A reader that waits for changes of a partition. Called after a change is visible, on any thread, any number of times, without a
 * lock; must not block.
 */
public interface ReadWaiter {

    /** There may be more to read, or the partition may have another leader. */
    void wake();

    /**
     * Only offsets that come with records have moved: the log start, or for a follower the high watermark. For readers that
     * remember what they have reported.
     */
    default void noteOffsets() {}
}
