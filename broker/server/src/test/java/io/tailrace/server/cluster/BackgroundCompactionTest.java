package io.tailrace.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tailrace.log.Log;
import io.tailrace.log.LogConfig;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.server.config.CompactionConfig;
import io.tailrace.server.partition.Clocks;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackgroundCompactionTest {
    private static final LogConfig.Compaction ENABLED = new LogConfig.Compaction(true, 0, 0, LogConfig.UNLIMITED, 0);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path directory;

    @SuppressWarnings("NullAway.Init")
    private LocalBroker broker;

    private final CompletableFuture<Throwable> broken = new CompletableFuture<>();

    @BeforeEach
    void start() throws IOException {
        broker = new LocalBroker(directory);
        broker.follower.follow(LocalBroker.image(1, LocalBroker.ID, 1, List.of(LocalBroker.ID)));
        Log log = broker.storage.directories().all().get(0).logs().iterator().next();
        log.reconfigure(log.config().with(ENABLED));
    }

    @AfterEach
    void stop() throws IOException {
        broker.close();
    }

    private BackgroundCompaction compaction(ToLongFunction<TopicPartition> highWatermark) {
        return BackgroundCompaction.start(
                broker.storage.directories().all(),
                new CompactionConfig(2, 1_000, 1e9, 1),
                new Clocks(broker.nowMs::get, broker.nowMs::get),
                highWatermark,
                broken::complete);
    }

    @Test
    void timeSinceTheLastRunIsThatOfTheThreadThatWaitsLongest() {
        AtomicInteger runs = new AtomicInteger();
        BackgroundCompaction compaction = compaction(partition -> runs.incrementAndGet());
        broker.nowMs.addAndGet(60_000);
        await().until(() -> compaction.status().sinceLastRunMsMax() == 0);
        compaction.close();
        broker.nowMs.addAndGet(5_000);

        assertThat(compaction.status()).isEqualTo(new BackgroundCompaction.Status(5_000, 0, 0, 0));
        assertThat(runs).hasPositiveValue();
    }

    @Test
    void threadThatAnErrorEndsIsCounted() {
        ToLongFunction<TopicPartition> failing = partition -> {
            throw new IllegalStateException("broken");
        };
        try (BackgroundCompaction compaction = compaction(failing)) {
            assertThat(broken.join()).hasMessage("broken");
            await().until(() -> compaction.status().deadThreads() > 0);
        }
    }
}
