/**
 * Hosts shards: the replicated state machines of {@code io.tailrace.shard}, one in each partition of an internal topic that this
 * broker leads. Knows nothing of what the shards are about.
 *
 * <p>Knows no request and no socket.
 */
@NullMarked
package io.tailrace.server.shard;

import org.jspecify.annotations.NullMarked;
