package io.tailrace.server.partition;

import java.nio.ByteBuffer;

/**
 * What a follower is sent by its leader.
 *
 * @param leaderEpoch the epoch in which it was asked
 * @param batches as they are in the leader's log, from this log's end on; the last one may be cut
 * @param highWatermark the leader's, exclusive
 * @param logStartOffset the leader's, inclusive
 */
public record LeaderAnswer(int leaderEpoch, ByteBuffer batches, long highWatermark, long logStartOffset) {}
