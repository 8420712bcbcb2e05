package io.tailrace.server.shard;

import io.tailrace.shard.Shard;

/**
 * What the shards of an internal topic are. Thread-safe.
 *
 * @param <S> the shard
 */
public interface ShardKind<S extends Shard<S>> {
    /** The topic. */
    String topic();

    /** An empty shard. */
    S create();

    /**
     * Brings up to date what the state knows and does not store: the cluster and settings. Called before each operation, query and
     * timeout, on the shard's thread: it must cost next to nothing if there is no news.
     */
    void refresh(S state);
}
