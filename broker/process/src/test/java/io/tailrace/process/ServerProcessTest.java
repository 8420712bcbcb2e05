package io.tailrace.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class ServerProcessTest {
    private final FakeShutdown shutdown = new FakeShutdown();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final AtomicInteger closed = new AtomicInteger();

    /** Closes like the agent's loop, which ends by being closed. */
    private void close() {
        closed.incrementAndGet();
        ended.complete(null);
    }

    @Test
    void stopClosesTheServerOnceAndExitsZero() throws Exception {
        ServerProcess.runUntilStopped(this::close, new CompletableFuture<>(), shutdown::signal, shutdown);

        assertThat(shutdown.exitCode()).isZero();
        assertThat(closed).hasValue(1);
    }

    @Test
    void stopOfAServerThatEndsWhenItIsClosedReportsNothing() throws Exception {
        ServerProcess.runUntilStopped(this::close, ended, shutdown::signal, shutdown);

        assertThat(shutdown.exitCode()).isZero();
        assertThat(closed).hasValue(1);
    }

    @Test
    void stopWhileAnEndedServerIsBeingClosedWaitsForIt() throws Exception {
        ended.complete(null);
        ServerProcess.runUntilStopped(
                () -> {
                    shutdown.signal();
                    assertThat(shutdown.halted).isNotDone();
                    close();
                },
                ended,
                () -> {},
                shutdown);

        assertThat(shutdown.exitCode()).isZero();
        assertThat(closed).hasValue(1);
    }

    @Test
    void stopBeforeTheServerIsReadyClosesItAndReportsNothing() throws Exception {
        shutdown.signal();
        ServerProcess.runUntilStopped(
                this::close, ended, () -> ended.completeExceptionally(new IOException()), shutdown);

        assertThat(closed).hasValue(1);
        assertThat(shutdown.halted).isNotDone();
    }

    @Test
    void stopExitsOneIfClosingFails() throws Exception {
        ServerProcess.runUntilStopped(
                () -> {
                    throw new IOException("disk on fire");
                },
                ended,
                shutdown::signal,
                shutdown);

        assertThat(shutdown.exitCode()).isEqualTo(CommandRunner.FAILURE);
    }

    @Test
    void failureClosesTheServerAndIsThrown() {
        ended.completeExceptionally(new IOException("disk on fire"));

        assertThatThrownBy(() -> ServerProcess.runUntilStopped(this::close, ended, () -> {}, shutdown))
                .isInstanceOf(CompletionException.class)
                .hasRootCauseMessage("disk on fire");
        assertThat(closed).hasValue(1);
        assertThat(shutdown.hook).isNull();
    }

    /** Behaves as the JVM does: once a signal has arrived, hooks can neither be added nor removed. */
    private static final class FakeShutdown implements ServerProcess.Shutdown {
        private final CompletableFuture<Integer> halted = new CompletableFuture<>();
        private @Nullable Thread hook;
        private boolean signalled;

        void signal() {
            signalled = true;
            if (hook != null) {
                hook.start();
            }
        }

        int exitCode() throws Exception {
            return halted.get(60, TimeUnit.SECONDS);
        }

        @Override
        public void addHook(Thread added) {
            refuseOnceSignalled();
            hook = added;
        }

        @Override
        public void removeHook(Thread removed) {
            refuseOnceSignalled();
            hook = null;
        }

        @Override
        public void halt(int exitCode) {
            halted.complete(exitCode);
        }

        private void refuseOnceSignalled() {
            if (signalled) {
                throw new IllegalStateException("Shutdown in progress");
            }
        }
    }
}
