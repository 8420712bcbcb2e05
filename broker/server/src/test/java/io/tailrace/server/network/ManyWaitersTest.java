package io.tailrace.server.network;

import static io.tailrace.server.Batches.batch;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.replication.Event;
import io.tailrace.server.partition.Partition;
import io.tailrace.server.partition.TwoReplicas;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What one append costs a partition on which very many consumers wait. */
class ManyWaitersTest {
    private static final int WAITERS = 1_000;
    private static final int LOOPS = 3;

    private final List<Queue<Runnable>> loops = new ArrayList<>();
    private final List<WakeQueue> queues = new ArrayList<>();
    private final List<Boolean> lockWasFree = new ArrayList<>();
    private int woken;

    @Test
    void appendWakesAllWithOneTaskForEachLoopAndWithoutThePartitionsLock(@TempDir Path directory) throws Exception {
        try (TwoReplicas replicas = new TwoReplicas(directory)) {
            Partition partition = replicas.partition();
            for (int i = 0; i < LOOPS; i++) {
                Queue<Runnable> loop = new ArrayDeque<>();
                loops.add(loop);
                queues.add(new WakeQueue(loop::add));
            }
            for (int i = 0; i < WAITERS; i++) {
                WakeQueue queue = queues.get(i % LOOPS);
                partition.add(() -> queue.add(() -> woken++));
            }
            partition.add(
                    () -> lockWasFree.add(CompletableFuture.supplyAsync(() -> partition.tryHandle(new Event.Tick()))
                            .join()));
            partition.append(batch("a"), TwoReplicas.LEADER_EPOCH, false);
            assertThat(loops).allMatch(Queue::isEmpty);
            replicas.followerFetches(1);

            assertThat(loops).allSatisfy(loop -> assertThat(loop).hasSize(1));
            assertThat(lockWasFree).containsExactly(true);
            loops.forEach(loop -> loop.remove().run());
            assertThat(woken).isEqualTo(WAITERS);
        }
    }
}
