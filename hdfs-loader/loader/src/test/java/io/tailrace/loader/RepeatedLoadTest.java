package io.tailrace.loader;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RepeatedLoadTest {
    private static final Duration AT_ONCE = Duration.ofMillis(1);

    @Test
    void loadThatFailsIsFollowedByTheNext() throws Exception {
        CountDownLatch loads = new CountDownLatch(3);
        LoadCommand.Load failing = () -> {
            loads.countDown();
            throw new IOException("no such luck");
        };
        try (RepeatedLoad repeated = new RepeatedLoad(failing, AT_ONCE)) {
            assertThat(loads.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(repeated.failure().toCompletableFuture()).isNotDone();
        }
    }

    @Test
    void errorIsToldSinceNoLoadWillFollow() {
        LoadCommand.Load broken = () -> {
            throw new StackOverflowError("deep");
        };
        try (RepeatedLoad repeated = new RepeatedLoad(broken, AT_ONCE)) {
            assertThat(repeated.failure().toCompletableFuture())
                    .failsWithin(Duration.ofSeconds(30))
                    .withThrowableThat()
                    .withCauseInstanceOf(StackOverflowError.class);
        }
    }

    @Test
    void closingWaitsForTheLoadThatItInterrupts() throws Exception {
        CountDownLatch started = new CountDownLatch(1);
        AtomicInteger ended = new AtomicInteger();
        LoadCommand.Load endless = () -> {
            started.countDown();
            try {
                new CompletableFuture<Void>().get();
            } catch (Exception e) {
                ended.incrementAndGet();
            }
        };
        RepeatedLoad repeated = new RepeatedLoad(endless, AT_ONCE);
        assertThat(started.await(30, TimeUnit.SECONDS)).isTrue();
        repeated.close();
        assertThat(ended).hasValueGreaterThanOrEqualTo(1);
    }
}
