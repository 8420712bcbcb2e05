package io.tailrace.server.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.server.shard.Words.Committed;
import io.tailrace.server.shard.Words.Put;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A shard whose topic asks for records to be on disk before they are acknowledged. The disk waits for the test. */
class ShardFlushTest {
    private final Queue<Runnable> syncs = new ArrayDeque<>();
    private boolean isHeld;
    private ShardFixture shard;

    @BeforeEach
    void lead(@TempDir Path directory) throws Exception {
        shard = new ShardFixture(directory, Map.of("flush", "ack"), task -> {
            if (isHeld) {
                syncs.add(task);
            } else {
                task.run();
            }
        });
        shard.leadLoaded();
        isHeld = true;
    }

    @AfterEach
    void close() throws Exception {
        isHeld = false;
        finishSyncs();
        shard.close();
    }

    private void finishSyncs() {
        List<Runnable> asked = List.copyOf(syncs);
        syncs.clear();
        asked.forEach(Runnable::run);
    }

    @Test
    void anAnswerWaitsForTheDisk() {
        List<String> first = shard.submit(new Put("a", "1"));
        List<String> second = shard.submit(new Put("a", "2"));
        shard.followerFetchesAll();
        assertThat(first).isEmpty();
        assertThat(shard.ask(new Committed("a"))).isEmpty();

        isHeld = false;
        finishSyncs();
        shard.run();

        assertThat(first).containsExactly("");
        assertThat(second).containsExactly("1");
        assertThat(shard.ask(new Committed("a"))).isEqualTo("2");
    }

    @Test
    void aSyncAnswersWhatItCoveredThoughMoreWasAppendedMeanwhile() {
        List<String> first = shard.submit(new Put("a", "1"));
        shard.followerFetchesAll();
        List<Runnable> firstSync = List.copyOf(syncs);
        syncs.clear();
        List<String> second = shard.submit(new Put("a", "2"));
        shard.followerFetchesAll();

        firstSync.forEach(Runnable::run);
        shard.run();

        assertThat(first).containsExactly("");
        assertThat(second).isEmpty();
    }
}
