package io.tailrace.process;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of a process that serves until it is stopped (SIGTERM, SIGINT) or ends by itself.
 *
 * <p>The calling thread closes the server in either case, once. The shutdown hook only asks it to, and halts the JVM with
 * the exit code when it is done; so neither end of the process can overtake the other.
 */
public final class ServerProcess {
    private static final Logger log = LoggerFactory.getLogger(ServerProcess.class);

    private ServerProcess() {}

    /**
     * What the JVM offers for its own end. Hooks can neither be added nor removed once it is shutting down: both throw
     * {@link IllegalStateException}. Tests put a fake in its place.
     */
    interface Shutdown {
        void addHook(Thread hook);

        void removeHook(Thread hook);

        /** Ends the JVM without running further hooks. */
        void halt(int exitCode);
    }

    private static final Shutdown JVM = new Shutdown() {
        @Override
        public void addHook(Thread hook) {
            Runtime.getRuntime().addShutdownHook(hook);
        }

        @Override
        public void removeHook(Thread hook) {
            Runtime.getRuntime().removeShutdownHook(hook);
        }

        @Override
        public void halt(int exitCode) {
            Runtime.getRuntime().halt(exitCode);
        }
    };

    /**
     * Serves until the process is stopped or the server ends, then closes the server.
     *
     * <p>If the process is stopped, it exits with 0 once the server has been closed, or with
     * {@link CommandRunner#FAILURE} if the server failed, whatever the caller does next. So this must be the last thing
     * that a command does. A signal that arrives before this method is called ends the process at once, with the signal's
     * exit code.
     *
     * @param server closed exactly once
     * @param ended completes when the server has ended by itself, exceptionally if it has failed; may never complete
     * @param ready reports that the server is ready; called once a signal closes the server
     * @throws Exception if the server or closing it fails and the process has not been stopped
     */
    public static void runUntilStopped(AutoCloseable server, CompletionStage<Void> ended, Runnable ready)
            throws Exception {
        runUntilStopped(server, ended, ready, JVM);
    }

    /** Serves until the process is stopped, for a server that does not end by itself. */
    public static void runUntilStopped(AutoCloseable server, Runnable ready) throws Exception {
        runUntilStopped(server, new CompletableFuture<>(), ready);
    }

    static void runUntilStopped(AutoCloseable server, CompletionStage<Void> ended, Runnable ready, Shutdown shutdown)
            throws Exception {
        CompletableFuture<Void> stop = new CompletableFuture<>();
        CompletableFuture<Integer> exitCode = new CompletableFuture<>();
        Thread hook = new Thread(
                () -> {
                    stop.complete(null);
                    shutdown.halt(exitCode.join());
                },
                "stop");
        boolean clean = false;
        try {
            try (server) {
                if (isAdded(hook, shutdown)) {
                    ready.run();
                    CompletableFuture.anyOf(stop, ended.toCompletableFuture()).join();
                }
            }
            clean = true;
        } catch (Exception e) {
            if (isRemoved(hook, shutdown)) {
                throw e;
            }
            log.error("the server failed: {}", causeOf(e).getMessage(), e);
        } finally {
            exitCode.complete(clean ? 0 : CommandRunner.FAILURE);
            var unused = isRemoved(hook, shutdown);
        }
    }

    /** Whether a signal will run the hook. If not, one has arrived and the JVM is shutting down without it. */
    private static boolean isAdded(Thread hook, Shutdown shutdown) {
        try {
            shutdown.addHook(hook);
            return true;
        } catch (IllegalStateException e) {
            return false;
        }
    }

    /** Whether the hook will not run. If not, a signal has arrived and the hook waits for the exit code. */
    private static boolean isRemoved(Thread hook, Shutdown shutdown) {
        try {
            shutdown.removeHook(hook);
            return true;
        } catch (IllegalStateException e) {
            return false;
        }
    }

    private static Throwable causeOf(Exception failure) {
        Throwable cause = failure.getCause();
        return failure instanceof CompletionException && cause != null ? cause : failure;
    }
}
