package io.tailrace.agent.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.agent.audit.AuditLedger;
import io.tailrace.agent.tail.FileId;
import io.tailrace.agent.tail.FileProgress;
import io.tailrace.agent.tail.ReadPosition;
import io.tailrace.agent.tail.SentLines;
import io.tailrace.schemas.audit.ContentSum;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AgentCheckpointFileTest {
    private static final String HEAD = "0123456789abcdef0123456789abcdef";
    private static final String TAIL = "fedcba9876543210fedcba9876543210";

    private static final ContentSum SUM = ContentSum.parse("2:" + HEAD);

    private static final Checkpoint OLD = Checkpoint.initial("agent");
    private static final Checkpoint NEW = new Checkpoint(
            "agent",
            List.of(new FileProgress(
                    "id1",
                    "web",
                    "/a",
                    "/a.1",
                    new FileId(1, 2),
                    new ReadPosition(3, HEAD, TAIL),
                    List.of(new SentLines(new ReadPosition(5, HEAD, HEAD), 6)),
                    true,
                    4,
                    -1,
                    -1)),
            new AuditLedger.State(
                    7,
                    List.of(new AuditLedger.Open("t", 600_000, SUM, 3)),
                    List.of(
                            new AuditLedger.Sealed(5, "s", 0, 1, null, 0),
                            new AuditLedger.Sealed(6, "t", 0, 2, SUM, 0))),
            Map.of("t", 1234L));

    /** {@link #NEW} as docs/format.md describes it. */
    private static final String NEW_JSON = """
            {"version":3,"agent":"agent","files":[{"id":"id1","source":"web","file":"/a","path":"/a.1","device":1,\
            "inode":2,"mark":{"position":3,"headHash":"0123456789abcdef0123456789abcdef",\
            "tailHash":"fedcba9876543210fedcba9876543210"},\
            "sent":[{"position":5,"headHash":"0123456789abcdef0123456789abcdef",\
            "tailHash":"0123456789abcdef0123456789abcdef","readMs":6}],"complete":true,"adriftSinceMs":4,\
            "restingSizeBytes":-1,"restingModifiedMs":-1}],"audit":{"nextSequence":7,\
            "open":[{"topic":"t","windowStartMs":600000,"count":2,"sum":"0123456789abcdef0123456789abcdef",\
            "rejected":3}],\
            "sealed":[{"sequence":5,"topic":"s","windowStartMs":0,"count":1,"sum":null,"rejected":0},\
            {"sequence":6,"topic":"t","windowStartMs":0,"count":2,"sum":"0123456789abcdef0123456789abcdef",\
            "rejected":0}],"readUpTo":[{"topic":"t","readUpToMs":1234}]}}""";

    /** A checkpoint as agents wrote it before they summed. */
    private static final String VERSION_1_JSON = """
            {"version":1,"agent":"agent","files":[{"source":"web","file":"/a","path":"/a.1","device":1,"inode":2,\
            "mark":{"position":3,"headHash":"0123456789abcdef0123456789abcdef",\
            "tailHash":"fedcba9876543210fedcba9876543210"},"complete":true,"adriftSinceMs":4,\
            "restingSizeBytes":-1,"restingModifiedMs":-1}],"audit":{"nextSequence":7,\
            "open":[{"topic":"t","windowStartMs":600000,"count":2}],\
            "sealed":[{"sequence":6,"topic":"t","windowStartMs":0,"count":1}]}}""";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path directory;

    /** A disk on which a process is killed at one of the steps. */
    private static final class CrashingDisk implements CheckpointDisk {
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

    private Checkpoint read(String json) throws IOException {
        Files.writeString(directory.resolve("checkpoint.json"), json);
        return new AgentCheckpointFile(directory).read().orElseThrow();
    }

    @Test
    void writtenCheckpointIsRead() throws IOException {
        AgentCheckpointFile file = new AgentCheckpointFile(directory);
        assertThat(file.read()).isEmpty();
        file.write(NEW);
        assertThat(new AgentCheckpointFile(directory).read()).contains(NEW);
    }

    @Test
    void fileHasTheDocumentedFormat() throws IOException {
        assertThat(read(NEW_JSON)).isEqualTo(NEW);
        new AgentCheckpointFile(directory).write(NEW);
        assertThat(Files.readString(directory.resolve("checkpoint.json"))).isEqualTo(NEW_JSON);
    }

    @Test
    void checkpointOfVersion2IsRead() throws IOException {
        String version2 = NEW_JSON.replace("\"version\":3", "\"version\":2")
                .replace("\"sent\":[", "\"sent\":")
                .replace(",\"readMs\":6}]", "},\"sentMs\":6");
        assertThat(read(version2)).isEqualTo(NEW);
    }

    @Test
    void checkpointOfVersion1IsReadAndItsOpenCountsBecomeSealed() throws IOException {
        Checkpoint checkpoint = read(VERSION_1_JSON);

        FileProgress file = checkpoint.files().get(0);
        assertThat(file.contentId()).matches("[0-9a-f]{16}");
        assertThat(file)
                .isEqualTo(new FileProgress(
                        file.contentId(),
                        "web",
                        "/a",
                        "/a.1",
                        new FileId(1, 2),
                        new ReadPosition(3, HEAD, TAIL),
                        List.of(),
                        true,
                        4,
                        -1,
                        -1));
        assertThat(checkpoint.audit())
                .isEqualTo(new AuditLedger.State(
                        8,
                        List.of(),
                        List.of(
                                new AuditLedger.Sealed(6, "t", 0, 1, null, 0),
                                new AuditLedger.Sealed(7, "t", 600_000, 2, null, 0))));
        assertThat(checkpoint.readUpToMs()).isEmpty();
        assertThat(CheckpointFormat.decode(CheckpointFormat.encode(checkpoint))).isEqualTo(checkpoint);
    }

    @Test
    void crashAtAnyStepLeavesTheOldOrTheNewCheckpoint() throws IOException {
        for (int step = 0; step < 4; step++) {
            new AgentCheckpointFile(directory).write(OLD);
            AgentCheckpointFile crashing = new AgentCheckpointFile(directory, new CrashingDisk(step));
            assertThatThrownBy(() -> crashing.write(NEW)).hasMessageContaining("crash at step " + step);
            assertThat(new AgentCheckpointFile(directory).read()).contains(step < 3 ? OLD : NEW);
        }
    }

    @Test
    void temporaryFileIsForcedBeforeTheRenameAndTheDirectoryAfterIt() throws IOException {
        StringBuilder steps = new StringBuilder();
        AgentCheckpointFile file = new AgentCheckpointFile(directory, new CheckpointDisk() {
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

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"version\":3      | \"version\":4       | version: expected 1 to 3, found 4",
                "\"version\":3,     | ''                  | version: the field is missing",
                "\"version\":3,     | \"version\":1       | expected JSON",
                "\"agent\":\"agent\" | \"agent\":7        | agent: expected text, found 7",
                "\"/a\"             | null                | files[0].file: expected text, found null",
                "\"inode\":2        | \"inode\":2.5       | files[0].inode: expected a whole number, found 2.5",
                "\"position\":3     | \"position\":-3     | files[0].mark.position: expected a whole number from 0, found -3",
                "0123456789abcdef   | xyz                 | files[0].sent[0].headHash: expected 32 hexadecimal digits",
                "\"sum\":\"0123  | \"sum\":\"x123      | audit.open[0].sum: expected 32 hexadecimal digits",
                ",\"readMs\":6    | ''                  | files[0].sent[0].readMs: the field is missing",
                "\"readUpToMs\":1234 | \"readUpToMs\":-1 | audit.readUpTo[0].readUpToMs: expected a whole number from 0",
                "\"complete\":true  | \"complete\":1      | files[0].complete: expected true or false, found 1",
                "\"complete\":true, | ''                  | files[0].complete: the field is missing",
                "\"complete\"       | \"inode\"           | Duplicate field 'inode'",
                "\"complete\"       | \"colour\":1,\"complete\" | files[0].colour: expected no such field, found 1",
                "\"sealed\":[       | \"sealed\":[5,      | audit.sealed[0]: expected an object, found 5",
                "\"open\":[         | \"open\":[[],       | audit.open[0]: expected an object, found []",
            })
    void damagedCheckpointIsRefusedWithTheFieldAndWhatToDo(String part, String replacement, String message) {
        assertThatThrownBy(() -> read(NEW_JSON.replace(part, replacement)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(directory.resolve("checkpoint.json") + ": not a checkpoint")
                .hasMessageContaining(message)
                .hasMessageEndingWith("Restore the file, or delete it to read every log from its beginning");
    }

    @Test
    void fileThatIsNotJsonIsRefused() {
        for (String text : List.of("", "{", "[]", NEW_JSON + "x", NEW_JSON.substring(0, 100))) {
            assertThatThrownBy(() -> read(text))
                    .as(text)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("not a checkpoint");
        }
    }
}
