package io.tailrace.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two log directories. The disk of the first stalls: a named pipe keeps its writer until somebody reads. */
@Timeout(300)
class StalledDiskTest {
    private static final String CHECKPOINT = "replication-offset-checkpoint";

    @Test
    void otherDirectoryIsStillCheckpointed(@TempDir Path directory) throws Exception {
        Path first = directory.resolve("first");
        Path second = directory.resolve("second");
        try (LocalBroker broker = new LocalBroker(first, second)) {
            broker.follower.follow(LocalBroker.image(2, LocalBroker.ID, 1, List.of(LocalBroker.ID, LocalBroker.OTHER)));
            Path pipe = first.resolve(CHECKPOINT + ".tmp");
            assertThat(new ProcessBuilder("mkfifo", pipe.toString())
                            .inheritIO()
                            .start()
                            .waitFor())
                    .isZero();

            broker.storage.startUpkeep(broken -> {
                throw new AssertionError(broken);
            });
            await().until(() -> Files.exists(second.resolve(CHECKPOINT)));
            assertThat(first.resolve(CHECKPOINT)).doesNotExist();

            // Releases the writer, which then fails, since a pipe cannot be written at a position, and removes the
            // pipe.
            InputStream reader = Files.newInputStream(pipe);
            Files.deleteIfExists(pipe);
            reader.close();
        }
    }
}
