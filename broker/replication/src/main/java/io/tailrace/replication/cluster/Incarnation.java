package io.tailrace.replication.cluster;

/**
 * A broker under one registration, from there to the end of that session (KIP-903).
 *
 * @param brokerId the broker's id
 * @param brokerEpoch the epoch of that registration: larger for each later one
 */
public record Incarnation(int brokerId, long brokerEpoch) {
    @Override
    public String toString() {
        return brokerId + "@" + brokerEpoch;
    }
}
