package io.tailrace.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tailrace.replication.Offline;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class OfflineDirectoriesTest {
    @Test
    void otherPartitionsGoOfflineWhileOneIsBusyAndThatOneOnceItIsFree(@TempDir Path directory) throws Exception {
        ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
        try (LocalBroker broker = new LocalBroker(directory)) {
            broker.follower.follow(LocalBroker.image(2, LocalBroker.ID, 1, List.of(LocalBroker.ID, LocalBroker.OTHER)));
            LogDirectories directories = broker.storage.directories();
            OfflineDirectories offline =
                    new OfflineDirectories(directories, broker.partitions, broker.offlineLogs, thread);

            broker.whileBusy(broker.partition(0), () -> {
                add(offline, directory, thread);
                assertThat(hasFailed(broker, 1)).isTrue();
                assertThat(hasFailed(broker, 0)).isFalse();
                assertThat(broker.reportedOffline).hasSize(2);
            });
            await().until(() -> hasFailed(broker, 0));
        } finally {
            thread.shutdownNow();
        }
    }

    /** Not on this thread: one that waited for the busy partition could not be interrupted. */
    private static void add(OfflineDirectories offline, Path directory, ScheduledExecutorService thread) {
        CompletableFuture<Void> added = new CompletableFuture<>();
        thread.execute(() -> {
            try {
                offline.add(directory, new IOException("disk"));
                added.complete(null);
            } catch (IOException e) {
                added.completeExceptionally(e);
            }
        });
        assertThat(added).succeedsWithin(60, TimeUnit.SECONDS);
    }

    private static boolean hasFailed(LocalBroker broker, int index) {
        return broker.partition(index).replica() instanceof Offline offline
                && offline.reason() == Offline.Reason.LOG_FAILED;
    }
}
