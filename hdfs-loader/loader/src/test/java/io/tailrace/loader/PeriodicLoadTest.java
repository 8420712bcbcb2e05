package io.tailrace.loader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.tailrace.metrics.Health;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class PeriodicLoadTest {
    private static final Duration INTERVAL = Duration.ofMillis(1);

    private final LoadMonitor monitor = new LoadMonitor(List.of("logs"), InstantSource.system());
    private final Logger logger = (Logger) LoggerFactory.getLogger(PeriodicLoad.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

    @BeforeEach
    void listen() {
        lines.start();
        logger.addAppender(lines);
        logger.setLevel(Level.INFO);
    }

    @AfterEach
    void stopListening() {
        logger.setLevel(null);
        logger.detachAppender(lines);
    }

    @Test
    void loadsAgainAfterAFailure() throws Exception {
        CountDownLatch loads = new CountDownLatch(3);
        PeriodicLoad.Load failing = () -> {
            loads.countDown();
            throw new IOException("disk full");
        };
        try (PeriodicLoad periodic = new PeriodicLoad(failing, INTERVAL, monitor)) {
            assertThat(loads.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(periodic.failure().toCompletableFuture()).isNotDone();
            assertThat(monitor.ready()).isEqualTo(Health.Status.down("the last load failed: disk full"));
            assertThat(monitor.live().ok()).isTrue();
        }
    }

    @Test
    void loadsAgainAfterACheckedExceptionAndShowsTheTopicsThatFailed() throws Exception {
        CountDownLatch loads = new CountDownLatch(3);
        PeriodicLoad.Load failing = () -> {
            loads.countDown();
            if (loads.getCount() > 1) {
                throw new Exception("not an IOException");
            }
            return List.of("topic logs: no leader", "topic clicks: deleted");
        };
        try (PeriodicLoad periodic = new PeriodicLoad(failing, INTERVAL, monitor)) {
            assertThat(loads.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(periodic.failure().toCompletableFuture()).isNotDone();
            assertThat(monitor.ready())
                    .isEqualTo(
                            Health.Status.down("the last load failed: topic logs: no leader; topic clicks: deleted"));
        }
    }

    @Test
    void reportsAnErrorThatEndsTheLoads() {
        PeriodicLoad.Load broken = () -> {
            throw new OutOfMemoryError("heap");
        };
        try (PeriodicLoad periodic = new PeriodicLoad(broken, INTERVAL, monitor)) {
            assertThat(periodic.failure().toCompletableFuture())
                    .failsWithin(Duration.ofSeconds(30))
                    .withThrowableThat()
                    .withCauseInstanceOf(OutOfMemoryError.class);
            assertThat(monitor.live()).isEqualTo(Health.Status.down("no more loads: java.lang.OutOfMemoryError: heap"));
        }
    }

    @Test
    void closeInterruptsTheLoadAndWaitsForIt() throws Exception {
        CountDownLatch started = new CountDownLatch(1);
        AtomicInteger ended = new AtomicInteger();
        PeriodicLoad.Load endless = () -> {
            started.countDown();
            try {
                new CompletableFuture<Void>().get();
            } catch (Exception e) {
                ended.incrementAndGet();
            }
            return List.of();
        };
        PeriodicLoad periodic = new PeriodicLoad(endless, INTERVAL, monitor);
        assertThat(started.await(30, TimeUnit.SECONDS)).isTrue();
        periodic.close();
        assertThat(ended).hasValueGreaterThanOrEqualTo(1);
    }

    @Test
    void aStopIsNoFailureAndHasNoStackTrace() throws Exception {
        stopDuring(interrupt -> new IOException("interrupted while taking the lock", interrupt));
        assertThat(lines.list)
                .extracting(ILoggingEvent::getLevel, ILoggingEvent::getFormattedMessage)
                .containsExactly(
                        tuple(
                                Level.INFO,
                                "load stopped, the next process continues from the last commit: interrupted while taking the lock"));
        assertThat(lines.list.get(0).getThrowableProxy()).as("stack trace").isNull();
        assertThat(monitor.ready().ok()).isTrue();
    }

    @Test
    void aFailureDuringAStopIsOne() throws Exception {
        stopDuring(interrupt -> new IOException("disk full"));
        assertThat(lines.list)
                .extracting(ILoggingEvent::getLevel, ILoggingEvent::getFormattedMessage)
                .containsExactly(
                        tuple(Level.ERROR, "load failed, the next one continues from the last commit: disk full"));
    }

    /** Stops a load that fails when it is interrupted. */
    private void stopDuring(Function<InterruptedException, IOException> failure) throws Exception {
        CountDownLatch started = new CountDownLatch(1);
        PeriodicLoad.Load load = () -> {
            started.countDown();
            try {
                new CompletableFuture<Void>().get();
            } catch (InterruptedException e) {
                throw failure.apply(e);
            }
            return List.of();
        };
        PeriodicLoad periodic = new PeriodicLoad(load, INTERVAL, monitor);
        assertThat(started.await(30, TimeUnit.SECONDS)).isTrue();
        periodic.close();
    }
}
