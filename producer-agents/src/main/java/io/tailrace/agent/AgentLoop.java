package io.tailrace.agent;

import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs an agent in its own thread until it is closed. Thread-safe. */
final class AgentLoop implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(AgentLoop.class);

    /** A run that ended by itself sent what it could. Its message is for the user. */
    private static final class LeftOutException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private LeftOutException(String message) {
            super(message);
        }
    }

    private final AgentConfig config;
    private final InstantSource clock;
    private final Semaphore wakeUps = new Semaphore(0);
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private volatile boolean stopping;

    AgentLoop(AgentConfig config, InstantSource clock) {
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
        new Thread(() -> run(agent, once), "agent").start();
    }

    /** Completes when the thread has ended, exceptionally if the agent failed. */
    CompletableFuture<Void> ended() {
        return ended;
    }

    private void run(Agent agent, boolean once) {
        try (agent) {
            while (!stopping) {
                boolean more = agent.step(clock.millis());
                if (!more) {
                    if (once && agent.isIdle(clock.millis())) {
                        break;
                    }
                    pause();
                }
            }
            stop(agent);
            List<String> leftOut = agent.leftOut();
            if (once && !leftOut.isEmpty()) {
                throw new LeftOutException("not everything was sent: " + String.join("; ", leftOut));
            }
        } catch (Throwable e) {
            ended.completeExceptionally(e);
        }
        // Last, since the process then exits. Has no effect if the agent failed.
        ended.complete(null);
    }

    private void stop(Agent agent) {
        long deadlineMs = clock.millis() + config.stopTimeoutMs();
        agent.stepToStop(clock.millis());
        while (!agent.isSettled()) {
            if (clock.millis() >= deadlineMs) {
                log.warn(
                        "stopping before everything was acknowledged, the next start sends the rest again: stop.timeout.ms={}",
                        config.stopTimeoutMs());
                return;
            }
            pause();
            agent.stepToStop(clock.millis());
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

    /** Stops reading, waits for acknowledgements, and writes the last checkpoint. */
    @Override
    public void close() {
        stopping = true;
        wakeUps.release();
        try {
            ended.join();
        } catch (CompletionException e) {
            if (!(e.getCause() instanceof LeftOutException)) {
                log.error("agent failed before the stop", e.getCause());
            }
        }
    }
}
