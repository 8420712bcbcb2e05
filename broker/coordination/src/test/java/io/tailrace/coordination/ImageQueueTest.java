package io.tailrace.coordination;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.replication.cluster.ClusterImage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class ImageQueueTest {
    private final Queue<Runnable> executor = new ArrayDeque<>();
    private final List<Integer> seen = new ArrayList<>();
    private final ImageQueue images = new ImageQueue(executor::add, image -> seen.add(image.controllerId()));

    private static ClusterImage image(int number) {
        return new ClusterImage("", new TreeMap<>(), new TreeMap<>(), Set.of(), number);
    }

    private void runAll() {
        while (!executor.isEmpty()) {
            executor.remove().run();
        }
    }

    @Test
    void onlyTheNewestWaitingImageIsSeen() {
        images.offer(image(1));
        images.offer(image(2));
        assertThat(images.hasNewer()).isTrue();
        runAll();
        images.offer(image(3));
        runAll();
        assertThat(seen).containsExactly(2, 3);
        assertThat(images.hasNewer()).isFalse();
    }

    @Test
    void anImageOfferedAgainDoesNotReplaceANewerOne() {
        images.offer(image(2));
        images.offerAgain(image(1));
        runAll();
        images.offerAgain(image(2));
        runAll();
        assertThat(seen).containsExactly(2, 2);
    }

    @Test
    void imagesAreDroppedOnceTheExecutorIsShutDown() {
        ImageQueue stopped = new ImageQueue(
                task -> {
                    throw new RejectedExecutionException("shut down");
                },
                image -> {});
        stopped.offer(image(1));
        assertThat(stopped.hasNewer()).isFalse();
    }
}
