package io.tailrace.agent.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.agent.audit.AuditLedger;
import io.tailrace.agent.audit.Tallies;
import io.tailrace.agent.tail.FileId;
import io.tailrace.agent.tail.FileProgress;
import io.tailrace.agent.tail.FileToSkip;
import io.tailrace.agent.tail.ReadPosition;
import io.tailrace.agent.tail.SentLines;
import io.tailrace.schemas.audit.ContentSum;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
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
            Set.of("web", "app"),
            Set.of(new FileToSkip("web", new FileId(8, 9), 10)),
            new AuditLedger.State(
                    7,
                    List.of(new AuditLedger.Open("t", 600_000, SUM, 3)),
                    List.of(
                            new AuditLedger.Sealed(5, "s", 0, 1, null, 0),
                            new AuditLedger.Sealed(6, "t", 0, 2, SUM, 0))),
            Map.of("t", 1234L));

    /** {@link #NEW} as docs/format.md describes it. */
    private static final String NEW_JSON = """
            {"version":4,"agent":"agent","files":[{"id":"id1","source":"web","file":"/a","path":"/a.1","device":1,\
            "inode":2,"mark":{"position":3,"headHash":"0123456789abcdef0123456789abcdef",\
            "tailHash":"fedcba9876543210fedcba9876543210"},\
            "sent":[{"position":5,"headHash":"0123456789abcdef0123456789abcdef",\
            "tailHash":"0123456789abcdef0123456789abcdef","readMs":6}],"complete":true,"adriftSinceMs":4,\
            "restingSizeBytes":-1,"restingModifiedMs":-1}],"sources":["app","web"],\
            "toSkip":[{"source":"web","device":8,"inode":9,"sizeBytes":10}],"audit":{"nextSequence":7,\
            "open":[{"topic":"t","windowStartMs":600000,"count":2,"sum":"0123456789abcdef0123456789abcdef",\
            "rejected":3}],\
            "sealed":[{"sequence":5,"topic":"s","windowStartMs":0,"count":1,"sum":null,"rejected":0},\
            {"sequence":6,"topic":"t","windowStartMs":0,"count":2,"sum":"0123456789abcdef0123456789abcdef",\
            "rejected":0}],"readUpTo":[{"topic":"t","readUpToMs":1234}]}}""";

    private static final String SINCE_VERSION_4 =
            "\"sources\":[\"app\",\"web\"],\"toSkip\":[{\"source\":\"web\",\"device\":8,\"inode\":9,\"sizeBytes\":10}],";

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

    private Checkpoint read(String json) throws IOException {
        Files.writeString(directory.resolve("checkpoint.json"), json);
        return new AgentCheckpointFile(directory).read().orElseThrow();
    }

    @Test
    void writtenCheckpointIsRead() throws IOException {
        AgentCheckpointFile file = new AgentCheckpointFile(directory);
        assertThat(file.read()).isEmpty();
        file.write(NEW, 0);
        assertThat(new AgentCheckpointFile(directory).read()).contains(NEW);
    }

    /** Its writer may have been killed before it had forced the file's name. */
    @Test
    void aCheckpointThatWasReadIsToBeWrittenAgain() throws IOException {
        AgentCheckpointFile file = new AgentCheckpointFile(directory);
        file.write(NEW, 0);
        assertThat(file.isWritten()).isTrue();

        AgentCheckpointFile next = new AgentCheckpointFile(directory);
        assertThat(next.begin()).isEqualTo(NEW);
        assertThat(next.isWritten()).isFalse();
    }

    @Test
    void fileHasTheDocumentedFormat() throws IOException {
        assertThat(read(NEW_JSON)).isEqualTo(NEW);
        new AgentCheckpointFile(directory).write(NEW, 0);
        assertThat(Files.readString(directory.resolve("checkpoint.json"))).isEqualTo(NEW_JSON);
    }

    @Test
    void checkpointOfVersion2IsReadWithoutItsSumsOfAnotherHash() throws IOException {
        String version2 = NEW_JSON.replace("\"version\":4", "\"version\":2")
                .replace(SINCE_VERSION_4, "")
                .replace("\"sent\":[", "\"sent\":")
                .replace(",\"readMs\":6}]", "},\"sentMs\":6");
        Checkpoint checkpoint = read(version2);
        assertThat(checkpoint.files()).isEqualTo(NEW.files());
        assertThat(checkpoint.sources()).containsExactly("web");
        assertThat(checkpoint.readUpToMs()).isEqualTo(NEW.readUpToMs());
        assertThat(checkpoint.audit())
                .isEqualTo(new AuditLedger.State(
                        8,
                        List.of(),
                        List.of(
                                new AuditLedger.Sealed(5, "s", 0, 1, null, 0),
                                new AuditLedger.Sealed(6, "t", 0, 2, null, 0),
                                new AuditLedger.Sealed(7, "t", 600_000, 2, null, 3))));
    }

    /** As one of which an agent with another locale has written the checkpoint. */
    @Test
    void pathThatTheLocaleLacksIsRead() throws IOException {
        assertThat(read(NEW_JSON.replace("/a.1", "/caf\\ud800")).files().get(0).path())
                .isEqualTo("/caf\ud800");
    }

    @Test
    void sourcesOfVersion3AreThoseThatHaveFiles() throws IOException {
        String version3 = NEW_JSON.replace("\"version\":4", "\"version\":3").replace(SINCE_VERSION_4, "");
        assertThat(read(version3))
                .isEqualTo(new Checkpoint(
                        NEW.agent(), NEW.files(), Set.of("web"), Set.of(), NEW.audit(), NEW.readUpToMs()));
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
            new AgentCheckpointFile(directory).write(OLD, 0);
            AgentCheckpointFile crashing = new AgentCheckpointFile(directory, new CrashingDisk(step));
            assertThatThrownBy(() -> crashing.write(NEW, 0)).hasMessageContaining("crash at step " + step);
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
            public void append(Path path, byte[] bytes) throws IOException {
                steps.append("append ");
                REAL.append(path, bytes);
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
                steps.append("forceDirectory ");
            }
        });
        file.write(NEW, 0);
        assertThat(steps).hasToString("write force rename write forceDirectory ");
        steps.setLength(0);
        // A change may stay in the page cache for a second, but not the identity of a new content.
        file.write(grown("id1", 10), 999);
        file.forceIfDue(999);
        assertThat(steps).hasToString("append ");
        file.forceIfDue(1_000);
        file.forceIfDue(1_000);
        assertThat(steps).hasToString("append force ");
        file.write(grown("id1", 11), 1_001);
        file.close();
        assertThat(steps).hasToString("append force append force ");
        file.write(grown("id2", 1), 1_002);
        assertThat(steps).hasToString("append force append force append force ");
        file.write(grown("id2", 2), 500);
        assertThat(steps).asString().as("clock set back").endsWith("append force ");
    }

    private static FileProgress progress(String contentId, long offset) {
        ReadPosition position = offset == 0 ? ReadPosition.START : new ReadPosition(offset, HEAD, TAIL);
        return new FileProgress(contentId, "web", "/a", "/a", new FileId(1, 2), position, List.of(), false, 0, -1, -1);
    }

    /** A content is at another position. */
    private static CheckpointChange grown(String contentId, long offset) {
        return new CheckpointChange(
                List.of(progress(contentId, offset)), List.of(), null, null, AuditLedger.Change.NONE, null);
    }

    private static Checkpoint with(Checkpoint checkpoint, CheckpointChange change) {
        CheckpointContents contents = new CheckpointContents(checkpoint);
        contents.apply(change);
        return contents.checkpoint();
    }

    @Test
    void changesAreAppendedAndReadInTheirOrder() throws IOException {
        AgentCheckpointFile file = new AgentCheckpointFile(directory);
        file.write(OLD, 0);
        byte[] whole = Files.readAllBytes(directory.resolve("checkpoint.json"));
        Model model = new Model(new Random(3));
        for (int step = 0; step < 500; step++) {
            file.write(model.change(step), 0);
            assertThat(new AgentCheckpointFile(directory).read()).contains(file.checkpoint());
            assertEquals(file.checkpoint(), model.checkpoint());
        }
        assertThat(Files.readAllBytes(directory.resolve("checkpoint.json"))).isEqualTo(whole);
    }

    /** What changes add up to, without a checkpoint: files grow, come and go, counts grow, are sealed and acknowledged. */
    private static final class Model {
        private final Random random;
        private final Map<String, FileProgress> files = new HashMap<>();
        private final AuditLedger ledger = new AuditLedger(OLD.audit(), 2);
        private Set<String> sources = OLD.sources();
        private Set<FileToSkip> filesToSkip = OLD.filesToSkip();
        private Map<String, Long> readUpToMs = OLD.readUpToMs();

        Model(Random random) {
            this.random = random;
        }

        CheckpointChange change(int step) {
            FileProgress grown = progress("id" + random.nextInt(10), random.nextInt(1_000));
            files.put(grown.contentId(), grown);
            List<String> gone = new ArrayList<>();
            boolean isOther = random.nextInt(5) == 0;
            if (isOther) {
                gone.add("id" + random.nextInt(10));
                gone.remove(grown.contentId());
                files.keySet().removeAll(gone);
                sources = Set.of("source" + step % 3);
                filesToSkip = Set.of(new FileToSkip("source" + step % 3, new FileId(1, step % 5), 1 + step));
            }
            Tallies lines = new Tallies();
            byte[] record = new byte[20];
            random.nextBytes(record);
            lines.add("t" + random.nextInt(2), random.nextLong(3_000_000), record, 0, record.length);
            ledger.add(lines);
            if (random.nextInt(20) == 0 && ledger.sealed().isEmpty()) {
                ledger.seal();
            } else if (random.nextInt(20) == 0) {
                ledger.acknowledge();
            }
            boolean isStated = random.nextInt(7) == 0;
            readUpToMs = isStated ? Map.of("t", (long) step) : readUpToMs;
            return new CheckpointChange(
                    List.of(grown),
                    gone,
                    isOther ? sources : null,
                    isOther ? filesToSkip : null,
                    ledger.takeChange(),
                    isStated ? readUpToMs : null);
        }

        Checkpoint checkpoint() {
            return new Checkpoint(
                    OLD.agent(), List.copyOf(files.values()), sources, filesToSkip, ledger.state(), readUpToMs);
        }
    }

    /** The order of the files does not matter. */
    private static void assertEquals(Checkpoint found, Checkpoint expected) {
        assertThat(found.files()).containsExactlyInAnyOrderElementsOf(expected.files());
        assertThat(found.sources()).isEqualTo(expected.sources());
        assertThat(found.filesToSkip()).isEqualTo(expected.filesToSkip());
        assertThat(found.audit()).isEqualTo(expected.audit());
        assertThat(found.readUpToMs()).isEqualTo(expected.readUpToMs());
    }

    @Test
    void changeThatIsNotWholeIsLeftOut() throws IOException {
        AgentCheckpointFile file = new AgentCheckpointFile(directory);
        file.write(OLD, 0);
        Checkpoint first = with(OLD, grown("id1", 1));
        file.write(grown("id1", 1), 0);
        Path changes = directory.resolve("checkpoint.log");
        int whole = (int) Files.size(changes);
        file.write(grown("id1", 2), 0);
        byte[] bytes = Files.readAllBytes(changes);
        for (int length = whole; length < bytes.length; length++) {
            Files.write(changes, Arrays.copyOf(bytes, length));
            assertEquals(new AgentCheckpointFile(directory).read().orElseThrow(), first);
        }
        bytes[bytes.length - 3] ^= 1;
        Files.write(changes, bytes);
        assertEquals(new AgentCheckpointFile(directory).read().orElseThrow(), first);
    }

    @Test
    void crashWhileAChangeIsWrittenLeavesTheOneBefore() throws IOException {
        for (int step = 0; step < 7; step++) {
            new AgentCheckpointFile(directory).write(OLD, 0);
            AgentCheckpointFile crashing = new AgentCheckpointFile(directory, new CrashingDisk(step));
            Checkpoint before = OLD;
            Checkpoint after = OLD;
            try {
                crashing.write(OLD, 0);
                for (int offset = 1; offset < 5; offset++) {
                    after = with(OLD, grown("id1", offset));
                    crashing.write(grown("id1", offset), offset * 10_000L);
                    before = after;
                }
                throw new AssertionError("no crash at step " + step);
            } catch (IOException e) {
                assertThat(e).hasMessage("crash at step " + step);
            }
            Checkpoint found = new AgentCheckpointFile(directory).read().orElseThrow();
            assertThat(found).as("step " + step).isIn(before, after);
        }
    }

    @Test
    void writingGoesOnAfterAnError() throws IOException {
        CrashingDisk disk = new CrashingDisk(5);
        AgentCheckpointFile file = new AgentCheckpointFile(directory, disk);
        file.write(OLD, 0);
        assertThatThrownBy(() -> file.write(grown("id1", 1), 0)).hasMessage("crash at step 5");
        // The change that failed is not lost.
        file.write(grown("id2", 2), 0);
        file.write(grown("id3", 3), 0);
        assertThat(new AgentCheckpointFile(directory).read().orElseThrow().files())
                .containsExactly(progress("id1", 1), progress("id2", 2), progress("id3", 3));
    }

    @Test
    void wholeCheckpointTakesThePlaceOfALargeLog() throws IOException {
        AgentCheckpointFile file = new AgentCheckpointFile(directory);
        file.write(OLD, 0);
        long largest = 0;
        for (int offset = 1; offset < 8_000; offset++) {
            file.write(grown("id1", offset), 0);
            largest = Math.max(largest, Files.size(directory.resolve("checkpoint.log")));
        }
        assertThat(largest).isBetween(1L << 20, (1L << 20) + 1_000);
        assertThat(Files.size(directory.resolve("checkpoint.log"))).isLessThan(1L << 20);
        assertEquals(new AgentCheckpointFile(directory).read().orElseThrow(), with(OLD, grown("id1", 7_999)));
    }

    @Test
    void logOfAnotherCheckpointIsNotApplied() throws IOException {
        AgentCheckpointFile file = new AgentCheckpointFile(directory);
        file.write(OLD, 0);
        file.write(grown("id1", 1), 0);
        Files.writeString(directory.resolve("checkpoint.json"), NEW_JSON);
        assertThat(new AgentCheckpointFile(directory).read()).contains(NEW);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"version\":4      | \"version\":5       | version: expected 1 to 4, found 5",
                "\"version\":4,     | ''                  | version: the field is missing",
                "\"version\":4,     | \"version\":1       | expected JSON",
                "\"web\"],         | 1],                 | sources[1]: expected text, found 1",
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
