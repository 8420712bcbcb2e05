package io.tailrace.agent.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.agent.ship.AuditLedger;
import io.tailrace.agent.tail.FollowedFile;
import io.tailrace.agent.tail.Mark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointFileTest {
    private static final Checkpoint OLD = Checkpoint.of("agent");
    private static final Checkpoint NEW = new Checkpoint(
            "agent",
            List.of(new FollowedFile.Entry("web", "/a", "/a.1", 1, 2, new Mark(3, "x", "y"), true, 4, -1, -1)),
            new AuditLedger.State(
                    7, List.of(new AuditLedger.Open("t", 600_000, 2)), List.of(new AuditLedger.Sealed(6, "t", 0, 1))));

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path directory;

    /** A disk that fails at one of its steps, as far as a process that is killed there can tell. */
    private static final class CrashingDisk implements Disk {
        private final int crashAtStep;
        private int step;

        CrashingDisk(int crashAtStep) {
            this.crashAtStep = crashAtStep;
        }

        private void step() throws IOException {
            if (step++ == crashAtStep) {
                throw new IOException("crash at step " + crashAtStep);
            }
        }

        @Override
        public void write(Path file, byte[] bytes) throws IOException {
            if (step == crashAtStep) {
                REAL.write(file, Arrays.copyOf(bytes, bytes.length / 2));
            }
            step();
            REAL.write(file, bytes);
        }

        @Override
        public void force(Path file) throws IOException {
            step();
            REAL.force(file);
        }

        @Override
        public void rename(Path from, Path to) throws IOException {
            step();
            REAL.rename(from, to);
        }

        @Override
        public void forceDirectory(Path directory) throws IOException {
            step();
            REAL.forceDirectory(directory);
        }
    }

    @Test
    void whatIsWrittenIsRead() throws IOException {
        CheckpointFile file = new CheckpointFile(directory);
        assertThat(file.read()).isEmpty();
        file.write(NEW);
        assertThat(new CheckpointFile(directory).read()).contains(NEW);
    }

    @Test
    void crashAtAnyStepLeavesTheOldOrTheNewCheckpoint() throws IOException {
        for (int step = 0; step < 4; step++) {
            new CheckpointFile(directory).write(OLD);
            CheckpointFile crashing = new CheckpointFile(directory, new CrashingDisk(step));
            assertThatThrownBy(() -> crashing.write(NEW)).hasMessageContaining("crash at step " + step);
            assertThat(new CheckpointFile(directory).read()).contains(step < 3 ? OLD : NEW);
        }
    }

    @Test
    void temporaryFileIsForcedBeforeItIsRenamedAndTheDirectoryAfter() throws IOException {
        StringBuilder steps = new StringBuilder();
        CheckpointFile file = new CheckpointFile(directory, new Disk() {
            @Override
            public void write(Path path, byte[] bytes) throws IOException {
                steps.append("write ");
                REAL.write(path, bytes);
            }

            @Override
            public void force(Path path) {
                steps.append("force ");
            }

            @Override
            public void rename(Path from, Path to) {
                steps.append("rename ");
            }

            @Override
            public void forceDirectory(Path path) {
                steps.append("forceDirectory");
            }
        });
        file.write(NEW);
        assertThat(steps).hasToString("write force rename forceDirectory");
    }

    @Test
    void damagedCheckpointIsRefusedNotPassedOver() throws IOException {
        Files.writeString(directory.resolve("checkpoint.json"), "{\"version\":1,");
        assertThatThrownBy(() -> new CheckpointFile(directory).read())
                .hasMessageContaining("checkpoint.json: not a checkpoint");
        Files.writeString(directory.resolve("checkpoint.json"), "{\"version\":2,\"agent\":\"a\",\"files\":[]}");
        assertThatThrownBy(() -> new CheckpointFile(directory).read()).hasMessageContaining("version 2, expected 1");
    }
}
