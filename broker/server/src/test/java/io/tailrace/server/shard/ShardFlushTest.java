package io.tailrace.server.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.server.shard.Words.Committed;
import io.tailrace.server.shard.Words.Put;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A shard whose topic asks for records to be on disk before they are acknowledged. */
class ShardFlushTest {
    @Test
    void anAnswerWaitsForTheDisk(@TempDir Path directory) throws Exception {
        Queue<Runnable> toDisk = new ArrayDeque<>();
        AtomicBoolean held = new AtomicBoolean();
        Executor disk = task -> {
            if (held.get()) {
                toDisk.add(task);
            } else {
                task.run();
            }
        };
        try (ShardFixture shard = new ShardFixture(directory, Map.of("flush", "ack"), disk)) {
            shard.leadLoaded();
            held.set(true);
            List<String> first = shard.submit(new Put("a", "1"));
            List<String> second = shard.submit(new Put("a", "2"));
            shard.followerFetchesAll();
            assertThat(first).isEmpty();
            assertThat(shard.ask(new Committed("a"))).isEmpty();

            held.set(false);
            List.copyOf(toDisk).forEach(Runnable::run);
            shard.run();

            assertThat(first).containsExactly("");
            assertThat(second).containsExactly("1");
            assertThat(shard.ask(new Committed("a"))).isEqualTo("2");
        }
    }

    @Test
    void aSyncAnswersWhatItCoveredThoughMoreWasAppendedMeanwhile(@TempDir Path directory) throws Exception {
        Queue<Runnable> toDisk = new ArrayDeque<>();
        AtomicBoolean held = new AtomicBoolean();
        Executor disk = task -> {
            if (held.get()) {
                toDisk.add(task);
            } else {
                task.run();
            }
        };
        try (ShardFixture shard = new ShardFixture(directory, Map.of("flush", "ack"), disk)) {
            shard.leadLoaded();
            held.set(true);
            List<String> first = shard.submit(new Put("a", "1"));
            shard.followerFetchesAll();
            List<Runnable> firstSync = List.copyOf(toDisk);
            toDisk.clear();
            List<String> second = shard.submit(new Put("a", "2"));
            shard.followerFetchesAll();

            firstSync.forEach(Runnable::run);
            shard.run();

            assertThat(first).containsExactly("");
            assertThat(second).isEmpty();
            held.set(false);
            List.copyOf(toDisk).forEach(Runnable::run);
        }
    }
}
