package io.tailrace.server.shard;

/**
 * The status of a shard.
 *
 * @param partition its partition
 * @param leaderEpoch the epoch in which it is hosted
 * @param state whether it answers requests
 * @param lastLoad its last successful load
 * @param requestsOpen requests that are not answered yet
 * @param decisionsUncommitted decisions whose replies wait for replicas
 */
public record ShardStatus(
        int partition, int leaderEpoch, State state, Load lastLoad, int requestsOpen, int decisionsUncommitted) {
    /** Whether a shard answers requests. */
    public enum State {
        /** It answers requests. */
        ACTIVE,
        /** Its log is being replayed, or it waits for the high watermark. */
        LOADING,
        /** It could not be loaded; loading will be retried. */
        FAILED
    }

    /**
     * A load.
     *
     * @param tookMs how long replaying the log took
     * @param records the records that were replayed
     * @param skipped the records and batches that could not be read
     */
    public record Load(long tookMs, long records, long skipped) {
        static final Load NONE = new Load(0, 0, 0);
    }

    /** Whether it answers requests. */
    public boolean active() {
        return state == State.ACTIVE;
    }

    /** How long replaying its log took the last time, in ms; 0 before. */
    public long loadMs() {
        return lastLoad.tookMs;
    }

    /** The records that were replayed then. */
    public long records() {
        return lastLoad.records;
    }

    /** The records and batches that could not be read then. */
    public long skipped() {
        return lastLoad.skipped;
    }
}
