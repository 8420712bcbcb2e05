package io.tailrace.agent;

import io.tailrace.agent.tail.Moment;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs an agent in its own thread until it is closed. Thread-safe. */
final class AgentLoop implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(AgentLoop.class);

    /** How long the thread may take to close its files. */
    private static final long CLOSE_MS_MAX = 5_000;

    /** A run that ended by itself sent what it could. Its message is for the user. */
    private static final class LeftOutException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private LeftOutException(String message) {
            super(message);
        }
    }

    private final AgentConfig config;
    private final Supplier<Moment> clock;
    private final Semaphore wakeUps = new Semaphore(0);
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final CompletableFuture<Void> started = new CompletableFuture<>();
    private volatile boolean stopping;

    AgentLoop(AgentConfig config, Supplier<Moment> clock) {
        this.config = config;
        this.clock = clock;
    }

    /** Ends the pause between two steps. */
    void wakeUp() {
        wakeUps.release();
    }

    /**
     * Starts the thread, which closes the agent when it ends.
     *
     * @param agent one that wakes this loop
     * @param once whether to end once everything that the files hold has been acknowledged
     */
    void start(Agent agent, boolean once) {
        start(now -> Optional.of(agent), once);
    }

    /** Starts the thread, which makes the agent as soon as that is possible, and closes it when it ends. */
    void start(Starting starting, boolean once) {
        new Thread(() -> run(starting, once), "agent").start();
    }

    /** Makes an agent. */
    @FunctionalInterface
    interface Starting {
        /**
         * Makes the agent, if that is possible without waiting.
         *
         * @return empty if it must be tried again
         * @throws IOException if that is useless
         */
        Optional<Agent> attempt(Moment now) throws IOException;

        /** Why there is no agent yet, if that has taken for a time. */
        default Optional<String> problem(long steadyMs) {
            return Optional.empty();
        }

        /** Ends attempts that have not succeeded. */
        default void close() {}
    }

    /** Completes once there is an agent. */
    CompletableFuture<Void> started() {
        return started;
    }

    private void run(Starting starting, boolean once) {
        try {
            Optional<Agent> agent = awaitAgent(starting, once);
            if (agent.isPresent()) {
                started.complete(null);
                run(agent.get(), once);
            } else {
                starting.close();
            }
        } catch (Throwable e) {
            starting.close();
            ended.completeExceptionally(e);
        }
        // Last, since the process then exits. Has no effect if the agent failed.
        ended.complete(null);
    }

    private Optional<Agent> awaitAgent(Starting starting, boolean once) throws IOException {
        long sinceMs = clock.get().steadyMs();
        Optional<Agent> agent = Optional.empty();
        while (!stopping && agent.isEmpty()) {
            Moment now = clock.get();
            agent = starting.attempt(now);
            if (agent.isEmpty()) {
                if (once && now.steadyMs() - sinceMs >= SendGate.GIVE_UP_MS) {
                    throw new LeftOutException("nothing was sent: "
                            + starting.problem(now.steadyMs()).orElse("brokers have not answered"));
                }
                pause();
            }
        }
        return agent;
    }

    /** Ends the agent, as another thread of the process has failed. Without the producer's, it would wait forever. */
    void fail(Thread thread, Throwable failure) {
        log.error("thread failed, the agent ends: {}", thread.getName(), failure);
        ended.completeExceptionally(failure);
    }

    /** Completes when the thread has ended, exceptionally if the agent failed. */
    CompletableFuture<Void> ended() {
        return ended;
    }

    private void run(Agent agent, boolean once) {
        try (agent) {
            while (!stopping) {
                boolean more = agent.step(clock.get());
                if (!more) {
                    if (once && agent.isIdle(clock.get().steadyMs())) {
                        break;
                    }
                    pause();
                }
            }
            stop(agent);
            List<String> leftOut = agent.leftOut(clock.get().steadyMs());
            if (once) {
                agent.logUnfinishedLines();
            }
            if (once && !leftOut.isEmpty()) {
                throw new LeftOutException("not everything was sent: " + String.join("; ", leftOut));
            }
        } catch (Throwable e) {
            ended.completeExceptionally(e);
        }
    }

    private void stop(Agent agent) {
        long deadlineMs = clock.get().steadyMs() + config.stopTimeoutMs();
        agent.stepToStop(clock.get());
        while (!agent.isSettled()) {
            if (clock.get().steadyMs() >= deadlineMs) {
                log.warn(
                        "stopping before everything was acknowledged, the next start sends the rest again: stop.timeout.ms={}",
                        config.stopTimeoutMs());
                return;
            }
            pause();
            agent.stepToStop(clock.get());
        }
    }

    private void pause() {
        try {
            if (wakeUps.tryAcquire(config.pollIntervalMs(), TimeUnit.MILLISECONDS)) {
                wakeUps.drainPermits();
            }
        } catch (InterruptedException e) {
            stopping = true;
        }
    }

    /**
     * Stops reading, waits for acknowledgements, and writes the last checkpoint. Does not wait for a thread that hangs, as one does that
     * reads from a file system which is gone.
     */
    @Override
    public void close() {
        stopping = true;
        wakeUps.release();
        try {
            ended.get(config.stopTimeoutMs() + CLOSE_MS_MAX, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof LeftOutException)) {
                log.error("agent failed before the stop", e.getCause());
            }
        } catch (TimeoutException e) {
            log.error(
                    "stopping although a file or disk does not answer, the next start sends again what was not acknowledged:"
                            + " stop.timeout.ms={}",
                    config.stopTimeoutMs());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
