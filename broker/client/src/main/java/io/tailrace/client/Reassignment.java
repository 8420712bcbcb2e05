package io.tailrace.client;

import java.util.List;

/**
 * A partition on its way to other brokers (KIP-455).
 *
 * @param replicas the brokers that hold it now, those that come and go included
 * @param adding those that come
 * @param removing those that go, once those that come are in sync
 */
public record Reassignment(List<Integer> replicas, List<Integer> adding, List<Integer> removing) {

    /** The brokers that shall hold it in the end, preferred leader first. */
    public List<Integer> target() {
        return replicas.stream().filter(broker -> !removing.contains(broker)).toList();
    }
}
