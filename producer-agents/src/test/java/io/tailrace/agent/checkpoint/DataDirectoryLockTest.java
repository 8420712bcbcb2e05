package io.tailrace.agent.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryLockTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Test
    void oneAgentLocksADirectory() throws IOException {
        AtomicInteger pauses = new AtomicInteger();
        try (DataDirectoryLock held = DataDirectoryLock.acquire(folder)) {
            assertThat(held).isNotNull();
            assertThat(DataDirectoryLock.isHeld(folder)).isTrue();
            assertThatThrownBy(() -> DataDirectoryLock.acquire(folder, pauses::incrementAndGet))
                    .hasMessageContaining("another agent is running");
        }
        assertThat(pauses).as("bounded").hasValue(19);
        assertThat(DataDirectoryLock.isHeld(folder)).isFalse();
        DataDirectoryLock.acquire(folder).close();
    }

    /** As {@code --status} does it. */
    @Test
    void agentThatStartsDuringALookAtItsLockGetsIt() throws IOException {
        Path file = Files.createFile(folder.resolve("agent.lock"));
        FileChannel look = FileChannel.open(file, StandardOpenOption.READ);
        FileLock shared = look.tryLock(0, Long.MAX_VALUE, true);
        assertThat(shared).isNotNull();
        try (DataDirectoryLock held = DataDirectoryLock.acquire(folder, () -> close(look))) {
            assertThat(held).isNotNull();
            assertThat(DataDirectoryLock.isHeld(folder)).isTrue();
        }
    }

    private static void close(FileChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
