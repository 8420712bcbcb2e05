package io.tailrace.server.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** How many tasks of a loop it takes to wake requests. */
class WakeQueueTest {
    private final Queue<Runnable> loop = new ArrayDeque<>();
    private final WakeQueue queue = new WakeQueue(loop::add);
    private int run;

    @Test
    void thousandRequestsShareOneTask() {
        wake(1_000);
        assertThat(loop).hasSize(1);
        loop.remove().run();

        assertThat(run).isEqualTo(1_000);
        assertThat(loop).isEmpty();
    }

    @Test
    void requestThatIsWokenAfterTheTaskNeedsAnother() {
        wake(1);
        loop.remove().run();
        wake(1);
        loop.remove().run();

        assertThat(run).isEqualTo(2);
    }

    @Test
    void loopTurnsToOtherTasksBetweenVeryManyRequests() {
        wake(1_500);
        loop.remove().run();
        assertThat(run).isBetween(1_000, 1_499);
        assertThat(loop).hasSize(1);
        loop.remove().run();

        assertThat(run).isEqualTo(1_500);
        assertThat(loop).isEmpty();
    }

    @Test
    void requestThatThrowsHoldsUpNoOther() {
        queue.add(() -> {
            throw new IllegalStateException("broken");
        });
        wake(2);
        assertThatThrownBy(loop.remove()::run).hasMessage("broken");
        loop.remove().run();

        assertThat(run).isEqualTo(2);
    }

    @Test
    void noRequestIsLeftWhenManyThreadsWake() throws Exception {
        int threads = 4;
        int each = 20_000;
        ExecutorService running = Executors.newSingleThreadExecutor();
        ExecutorService waking = Executors.newFixedThreadPool(threads);
        try {
            WakeQueue shared = new WakeQueue(running);
            AtomicInteger count = new AtomicInteger();
            CountDownLatch all = new CountDownLatch(threads * each);
            for (int i = 0; i < threads; i++) {
                waking.execute(() -> {
                    for (int j = 0; j < each; j++) {
                        shared.add(() -> {
                            count.incrementAndGet();
                            all.countDown();
                        });
                    }
                });
            }
            assertThat(all.await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(count).hasValue(threads * each);
        } finally {
            waking.shutdownNow();
            running.shutdownNow();
        }
    }

    private void wake(int requests) {
        for (int i = 0; i < requests; i++) {
            queue.add(() -> run++);
        }
    }
}
