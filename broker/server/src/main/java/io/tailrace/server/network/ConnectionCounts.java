package io.tailrace.server.network;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;

/** How many connections there are, in all and by address of the peer. Thread-safe. */
final class ConnectionCounts {
    private final int max;
    private final int perAddressMax;

    /** Guarded by {@code this}, as is {@link #total}. */
    private final Map<InetAddress, Integer> byAddress = new HashMap<>();

    private int total;

    ConnectionCounts(int max, int perAddressMax) {
        this.max = max;
        this.perAddressMax = perAddressMax;
    }

    /** Counts a connection in, unless it would be one too many. */
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
