package io.tailrace.server.shard;

/**
 * How a shard is doing.
 *
 * @param partition its partition
 * @param leaderEpoch the epoch in which it is hosted
 * @param active whether it answers requests
 * @param loadMs how long replaying its log took the last time; 0 before
 * @param records the records that were replayed then
 * @param skipped the records and batches that could not be read then
 */
public record ShardStatus(int partition, int leaderEpoch, boolean active, long loadMs, long records, long skipped) {
    static ShardStatus loading(int partition, int leaderEpoch) {
        return new ShardStatus(partition, leaderEpoch, false, 0, 0, 0);
    }

    ShardStatus loaded(long tookMs, long replayed, long unreadable) {
        return new ShardStatus(partition, leaderEpoch, active, tookMs, replayed, unreadable);
    }

    ShardStatus with(boolean isActive) {
        return new ShardStatus(partition, leaderEpoch, isActive, loadMs, records, skipped);
    }
}
