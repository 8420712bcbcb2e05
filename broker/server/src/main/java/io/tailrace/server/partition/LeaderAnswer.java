package io.tailrace.server.partition;

import java.nio.ByteBuffer;

/**
 * A leader's answer to a follower's fetch.
 *
 * @param leaderEpoch the epoch in which the follower fetched
 * @param batches as they are in the leader's log, from this log's end on; the last one may be cut off
 * @param highWatermark the leader's, exclusive
 * @param logStartOffset the leader's, inclusive
 */
public record LeaderAnswer(int leaderEpoch, ByteBuffer batches, long highWatermark, long logStartOffset) {}
