package io.tailrace.systemtests;

import java.util.List;

/**
 * A host that processes run on.
 *
 * @param address IP address to listen on
 * @param prefix words in front of a command line that make it run there
 */
record Host(String address, List<String> prefix) {
    /**
     * This machine. Brokers listen on a loopback address that other runs do not use and that connections do not start from: a
     * broker that is down for a while then finds its port free.
     */
    static final Host LOOPBACK = new Host(loopbackAddress(), List.of());

    Host {
        prefix = List.copyOf(prefix);
    }

    /** An address of 127.213.0.0/16 that depends on this process's id; other systems than Linux have one loopback address. */
    private static String loopbackAddress() {
        if (!System.getProperty("os.name").equals("Linux")) {
            return "127.0.0.1";
        }
        long pid = ProcessHandle.current().pid();
        return "127.213.%d.%d".formatted(pid / 256 % 256, pid % 256);
    }
}
