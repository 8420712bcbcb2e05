package io.tailrace.replication.history;

import io.tailrace.protocol.TopicPartition;

/**
 * One thing that is wrong with a history.
 *
 * @param anomaly its kind
 * @param partition where it happened
 * @param detail the value, the offsets and who saw them
 */
public record Violation(Anomaly anomaly, TopicPartition partition, String detail) {
    @Override
    public String toString() {
        return anomaly + " in " + partition + ": " + detail;
    }
}
