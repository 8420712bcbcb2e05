package io.tailrace.systemtests;

import java.util.List;

/**
 * Where a process runs.
 *
 * @param address the one it listens at
 * @param prefix what a command line begins with that is to run there
 */
record Host(String address, List<String> prefix) {
    /** This machine, reached from nowhere else. */
    static final Host LOOPBACK = new Host("127.0.0.1", List.of());

    Host {
        prefix = List.copyOf(prefix);
    }
}
