package io.tailrace.loader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.loader.run.LoadResult;
import io.tailrace.loader.run.TopicOutcome;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ParallelTopicsTest {

    @Test
    void loadsTopicsBesideEachOtherAndKeepsTheirOrder() throws IOException {
        CyclicBarrier together = new CyclicBarrier(3);

        List<TopicOutcome> outcomes = ParallelTopics.load(List.of("a", "b", "c"), 3, topic -> {
            meet(together);
            return topic.equals("b") ? new TopicOutcome(topic, null, new IOException("gap")) : loaded(topic);
        });

        assertThat(outcomes).extracting(TopicOutcome::topic).containsExactly("a", "b", "c");
        assertThat(outcomes).extracting(TopicOutcome::isComplete).containsExactly(true, false, true);
    }

    private static void meet(CyclicBarrier together) {
        try {
            together.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void anInterruptReachesTheTopics() throws Exception {
        CountDownLatch started = new CountDownLatch(2);
        CountDownLatch interrupted = new CountDownLatch(2);
        Thread main = Thread.currentThread();
        var helper = Executors.newSingleThreadExecutor();
        try {
            var unused = helper.submit(() -> {
                started.await();
                main.interrupt();
                return null;
            });

            assertThatThrownBy(() -> ParallelTopics.load(List.of("a", "b"), 2, topic -> {
                        started.countDown();
                        awaitInterrupt(interrupted);
                        return loaded(topic);
                    }))
                    .hasMessageContaining("interrupted");

            assertThat(Thread.interrupted()).isTrue();
            assertThat(interrupted.await(30, TimeUnit.SECONDS)).isTrue();
        } finally {
            helper.shutdownNow();
        }
    }

    private static void awaitInterrupt(CountDownLatch interrupted) {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            interrupted.countDown();
        }
    }

    private static TopicOutcome loaded(String topic) {
        return new TopicOutcome(topic, new LoadResult(topic, 1, 0, 1, 0, List.of()), null);
    }
}
