package io.tailrace.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.agent.tail.Moment;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AgentLoopTest extends AgentFixture {
    private final CountDownLatch hanging = new CountDownLatch(1);
    private final ExecutorService background = Executors.newCachedThreadPool();

    @AfterEach
    void endBackground() {
        hanging.countDown();
        background.shutdown();
    }

    @Test
    void stopDoesNotWaitForARegistryThatHangs() throws IOException {
        CountDownLatch asked = new CountDownLatch(1);
        harness.background = call -> background.execute(() -> {
            asked.countDown();
            await(hanging);
            call.run();
        });
        harness.append("access.log", "one\n");
        AgentLoop loop = new AgentLoop(harness.config, Moment::now);
        loop.start(harness.agent, false);
        await(asked);
        loop.close();
        assertThat(loop.ended()).isCompleted();
        assertThat(harness.lines()).isEmpty();
    }

    @Test
    void stopDoesNotWaitForAFileSystemThatHangs() {
        AgentConfig impatient = harness.config(0);
        AgentLoop loop = new AgentLoop(impatient, () -> {
            await(hanging);
            return Moment.now();
        });
        loop.start(harness.agent, false);
        loop.close();
        assertThat(loop.ended()).isNotDone();
        hanging.countDown();
        assertThat(loop.ended()).succeedsWithin(1, TimeUnit.MINUTES);
    }

    @Test
    void threadThatFailsEndsTheAgent() {
        AgentLoop loop = new AgentLoop(harness.config, Moment::now);
        // Without an agent, which would write to the folder while it is deleted: nothing waits for this thread.
        loop.start(now -> Optional.empty(), false);
        loop.fail(new Thread("producer"), new UnsatisfiedLinkError("libzstd cannot be unpacked"));
        assertThat(loop.ended())
                .isCompletedExceptionally()
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withMessageContaining("libzstd cannot be unpacked");
        loop.close();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
