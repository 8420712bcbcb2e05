package io.tailrace.testing;

import java.io.IOException;

/** Threads of the proxies between a test and what it tests. */
public final class SocketThread {
    private SocketThread() {}

    /** Work with sockets. It ends with an exception when one of them is closed. */
    @FunctionalInterface
    public interface Work {
        void run() throws IOException;
    }

    /** Starts a daemon thread that does the work and ends quietly. */
    public static void start(String name, Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException e) {
                        // One of the sockets was closed.
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
    }
}
