package io.tailrace.server.shard;

import io.tailrace.shard.Shard;

/**
 * The kind of shards that an internal topic stores. Thread-safe.
 *
 * @param <S> the shard
 */
public interface ShardKind<S extends Shard<S>> {
    /** The topic. */
    String topic();

    /** An empty shard. */
    S create();

    /**
     * Updates the parts of the state that are not stored: the cluster and settings. Called before each operation, query and
     * timeout, on the shard's thread, so it must be almost free if nothing has changed.
     */
    void refresh(S state);

    /**
     * More decisions of the shard in a partition are committed, or it has been loaded. Called on the shard's thread; must not block.
     */
    default void committed(int partition) {}
}
