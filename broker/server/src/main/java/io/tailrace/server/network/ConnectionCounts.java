package io.tailrace.server.network;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;

/** Counts open connections, in total and by peer address. Thread-safe. */
final class ConnectionCounts {
    private final int max;
    private final int perAddressMax;

    /** Guarded by {@code this}, like {@link #total}. */
    private final Map<InetAddress, Integer> byAddress = new HashMap<>();

    private int total;

    ConnectionCounts(int max, int perAddressMax) {
        this.max = max;
        this.perAddressMax = perAddressMax;
    }

    /** Adds a connection; false if it would exceed a bound. */
    synchronized boolean tryAdd(InetAddress address) {
        if (total >= max || byAddress.getOrDefault(address, 0) >= perAddressMax) {
            return false;
        }
        total++;
        byAddress.merge(address, 1, Integer::sum);
        return true;
    }

    synchronized void remove(InetAddress address) {
        total--;
        byAddress.computeIfPresent(address, (key, count) -> count == 1 ? null : count - 1);
    }

    synchronized int total() {
        return total;
    }
}
