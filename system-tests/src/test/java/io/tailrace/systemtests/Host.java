package io.tailrace.systemtests;

import java.util.List;

/**
 * A host that processes run on.
 *
 * @param address IP address to listen on
 * @param prefix words in front of a command line that make it run there
 */
record Host(String address, List<String> prefix) {
    /** This machine's loopback address. */
    static final Host LOOPBACK = new Host("127.0.0.1", List.of());

    Host {
        prefix = List.copyOf(prefix);
    }
}
