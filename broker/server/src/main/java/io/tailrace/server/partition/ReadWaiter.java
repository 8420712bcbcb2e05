package io.tailrace.server.partition;

/** Waits for records to read. Called on any thread, any number of times; must not block. */
public interface ReadWaiter {

    /** There may be more to read, or the partition may have another leader. */
    void wake();
}
