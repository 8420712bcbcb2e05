package io.tailrace.server.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.TopicPartition;
import io.tailrace.server.partition.Clocks;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One thread for each directory: it is occupied as long as a disk stalls. */
class ShardThreadsTest {
    private static final TopicPartition STALLED = new TopicPartition("t", 0);
    private static final TopicPartition OTHER = new TopicPartition("t", 1);

    private final Map<TopicPartition, Path> directories =
            new ConcurrentHashMap<>(Map.of(STALLED, Path.of("a"), OTHER, Path.of("b")));
    private final CountDownLatch disk = new CountDownLatch(1);
    private final ShardThreads threads = new ShardThreads(
            1, 1000, partition -> Optional.ofNullable(directories.get(partition)), Clocks.system(), failure -> {});

    @AfterEach
    void stop() {
        disk.countDown();
        threads.close();
    }

    static Stream<Function<ShardRuntime, Executor>> executors() {
        return Stream.of(ShardRuntime::shards, ShardRuntime::loaders);
    }

    @ParameterizedTest
    @MethodSource("executors")
    void aDiskThatStallsOccupiesItsOwnThreads(Function<ShardRuntime, Executor> executor) throws Exception {
        executor.apply(threads.runtime(STALLED)).execute(this::stall);

        CompletableFuture<String> ran = new CompletableFuture<>();
        executor.apply(threads.runtime(OTHER)).execute(() -> ran.complete("on the other disk"));
        assertThat(ran.get(60, TimeUnit.SECONDS)).isEqualTo("on the other disk");
    }

    @ParameterizedTest
    @MethodSource("executors")
    void aShardFollowsItsLogToAnotherDisk(Function<ShardRuntime, Executor> executor) throws Exception {
        Executor moved = executor.apply(threads.runtime(STALLED));
        moved.execute(this::stall);
        directories.put(STALLED, Path.of("b"));

        CompletableFuture<String> ran = new CompletableFuture<>();
        moved.execute(() -> ran.complete("on the other disk"));
        assertThat(ran.get(60, TimeUnit.SECONDS)).isEqualTo("on the other disk");
    }

    private void stall() {
        try {
            disk.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
