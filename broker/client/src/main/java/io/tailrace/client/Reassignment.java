package io.tailrace.client;

import java.util.List;

/**
 * A reassignment in progress (KIP-455).
 *
 * @param replicas the brokers that hold the partition now, including those being added and removed
 * @param adding the brokers being added
 * @param removing the brokers to be removed once the added ones are in sync
 */
public record Reassignment(List<Integer> replicas, List<Integer> adding, List<Integer> removing) {

    /** The replicas after the reassignment, preferred leader first. */
    public List<Integer> target() {
        return replicas.stream().filter(broker -> !removing.contains(broker)).toList();
    }
}
