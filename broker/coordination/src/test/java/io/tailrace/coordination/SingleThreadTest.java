package io.tailrace.coordination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SingleThreadTest {
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final SingleThread thread = new SingleThread("test", failures::add);

    @AfterEach
    void stop() {
        thread.shutdownNow();
    }

    @Test
    void exceptionsOfTasksAreReported() {
        IllegalStateException once = new IllegalStateException("once");
        IllegalStateException repeated = new IllegalStateException("repeated");
        thread.execute(() -> {
            throw once;
        });
        var unused = thread.scheduleWithFixedDelay(
                () -> {
                    throw repeated;
                },
                0,
                1,
                TimeUnit.MILLISECONDS);

        await().untilAsserted(() -> assertThat(failures).containsExactly(once, repeated));
    }

    @Test
    void aCancelledTaskIsNoFailure() {
        thread.schedule(() -> {}, 1, TimeUnit.HOURS).cancel(false);
        thread.execute(() -> {});

        await().until(() -> thread.getCompletedTaskCount() >= 1);
        assertThat(failures).isEmpty();
    }
}
