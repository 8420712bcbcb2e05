package io.tailrace.process;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The life of a process that serves until it is told to stop. */
public final class ServerProcess {
    private static final Logger log = LoggerFactory.getLogger(ServerProcess.class);

    private ServerProcess() {}

    /**
     * Waits until the process is told to stop (SIGTERM, SIGINT) or the server fails, and closes the server.
     *
     * <p>A process that was told to stop and closed its server cleanly ends with exit code 0, not with the signal's.
     * So this must be the last thing that a command does.
     *
     * @param server closed exactly once
     * @param failure completes exceptionally when the server cannot go on; may never complete
     * @param ready tells that the server is ready; called once a signal closes it in order, and not before
     * @throws Exception the server's failure, or that of closing it
     */
    public static void runUntilStopped(AutoCloseable server, CompletionStage<Void> failure, Runnable ready)
            throws Exception {
        Thread closeAndHalt = new Thread(() -> Runtime.getRuntime().halt(close(server)), "stop");
        Runtime.getRuntime().addShutdownHook(closeAndHalt);
        try (server) {
            try {
                ready.run();
                failure.toCompletableFuture().join();
            } finally {
                Runtime.getRuntime().removeShutdownHook(closeAndHalt);
            }
        }
    }

    /** Waits until the process is told to stop, for a server that tells of no failures of its own. */
    public static void runUntilStopped(AutoCloseable server, Runnable ready) throws Exception {
        runUntilStopped(server, new CompletableFuture<>(), ready);
    }

    private static int close(AutoCloseable server) {
        try {
            server.close();
            return 0;
        } catch (Exception e) {
            log.error("did not stop cleanly", e);
            return CommandRunner.FAILURE;
        }
    }
}
