package io.tailrace.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.client.ClientException;
import io.tailrace.client.ProducerRecord;
import io.tailrace.protocol.ErrorCode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the agent states about its lines, and that a line keeps its identity. */
class AgentAuditTest extends AgentFixture {
    private static final long INTERVAL_MS = 60_000;

    @BeforeEach
    void readJson() throws IOException {
        harness.close();
        harness = AgentHarness.json(folder);
    }

    private void write(String name, int lines) throws IOException {
        for (int line = 0; line < lines; line++) {
            harness.append(name, "{\"at\":" + harness.nowMs + "}\n");
        }
    }

    private void gzip(String name, String target) throws IOException {
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(harness.log(target)))) {
            Files.copy(harness.log(name), out);
        }
        Files.delete(harness.log(name));
    }

    private List<String> fileIds() {
        return harness.values(AgentHarness.TOPIC).stream()
                .map(value -> value.get("fileId").toString())
                .toList();
    }

    /** The last statement about the topic of the lines, at the next interval. */
    private GenericRecord statement() {
        harness.run();
        harness.pass(INTERVAL_MS);
        harness.run();
        harness.run();
        return lastStatement(AgentHarness.TOPIC);
    }

    private GenericRecord lastStatement(String topic) {
        List<GenericRecord> statements = harness.values(AgentHarness.PROGRESS).stream()
                .filter(progress -> progress.get("topic").toString().equals(topic))
                .toList();
        return statements.get(statements.size() - 1);
    }

    private static long readUpTo(GenericRecord statement) {
        return (Long) statement.get("readUpTo");
    }

    private static long lag(GenericRecord statement) {
        return (Long) statement.get("reportedTime") - readUpTo(statement);
    }

    private static List<String> waitingFor(GenericRecord statement) {
        List<String> names = new ArrayList<>();
        ((List<?>) statement.get("waitingFor")).forEach(name -> names.add(name.toString()));
        return names;
    }

    /** One that was just written may be incomplete. */
    private void untilArchivesHaveSettled() {
        harness.keepUpWithFiles();
        harness.pass(5_000);
    }

    @Test
    void identityOfAContentIsKeptThroughRenameAndCompression() throws IOException {
        write("access.log", 2);
        harness.run();
        Files.move(harness.log("access.log"), harness.log("access.log.1"));
        write("access.log.1", 1);
        harness.run();
        harness.stop();
        write("access.log.1", 1);
        gzip("access.log.1", "access.log.2.gz");
        harness.start();
        untilArchivesHaveSettled();
        harness.run();
        assertThat(fileIds()).hasSize(4).containsOnly(fileIds().get(0));
    }

    @Test
    void identityOfAContentIsKeptInItsCopyAndTheTruncatedFileHasAnother() throws IOException {
        write("access.log", 2);
        harness.run();
        write("access.log", 1);
        Files.copy(harness.log("access.log"), harness.log("access.log.1"));
        Files.newByteChannel(harness.log("access.log"), StandardOpenOption.WRITE)
                .truncate(0)
                .close();
        harness.pass(10_000);
        harness.append("access.log", "{\"at\":1}\n");
        harness.run();
        harness.run();
        assertThat(fileIds()).hasSize(4);
        List<String> ids = fileIds().stream().distinct().toList();
        assertThat(ids).hasSize(2);
        assertThat(harness.values(AgentHarness.TOPIC))
                .filteredOn(value -> value.get("fileId").toString().equals(ids.get(1)))
                .singleElement()
                .satisfies(value -> assertThat(value.get("eventTime")).isEqualTo(1L));
    }

    @Test
    void filesWithEqualContentAreTwo() throws IOException {
        harness.append("access.log.a", "{\"at\":1}\n");
        harness.append("access.log.b", "{\"at\":1}\n");
        harness.run();
        assertThat(fileIds()).hasSize(2).doesNotHaveDuplicates();
    }

    /** Raw lines have the time of reading as event time, which must not change either. */
    @Test
    void lineThatIsSentAgainAfterACrashIsTheSameRecord() throws IOException {
        harness.close();
        harness = AgentHarness.raw(folder);
        harness.append("access.log", "one\ntwo\n" + "x".repeat(AgentHarness.LINE_BYTES_MAX + 1) + "\n");
        harness.producer.holding = true;
        harness.run();
        harness.crash(3);
        harness.pass(3_600_000);
        harness.append("access.log", "three\n");
        harness.start();
        harness.run();
        harness.run();
        List<ProducerRecord> written = harness.producer.written.stream()
                .filter(record -> !record.topic().startsWith("audit"))
                .toList();
        assertThat(written).hasSize(7);
        for (int line = 0; line < 3; line++) {
            assertThat(written.get(3 + line).value())
                    .isEqualTo(written.get(line).value());
        }
        assertThat(harness.lines()).containsExactly("one", "two", "one", "two", "three");
    }

    @Test
    void lineThatIsSentAgainFromACompressedFileIsTheSameRecord() throws IOException {
        write("access.log", 5);
        harness.producer.holding = true;
        harness.run();
        harness.crash(5);
        gzip("access.log", "access.log.1.gz");
        harness.start();
        untilArchivesHaveSettled();
        harness.run();
        List<GenericRecord> values = harness.values(AgentHarness.TOPIC);
        assertThat(values).hasSize(10);
        assertThat(values.subList(5, 10)).isEqualTo(values.subList(0, 5));
    }

    /** The agent crashed before the first acknowledgement, and another file got the inode. */
    @Test
    void otherContentInTheFileOfLinesThatWereOnlySentHasAnotherIdentity() throws IOException {
        write("access.log", 5);
        harness.producer.holding = true;
        harness.run();
        harness.crash(5);
        Files.writeString(harness.log("access.log"), "{\"at\":1}\n{\"at\":2}\n", StandardOpenOption.TRUNCATE_EXISTING);
        harness.start();
        harness.run();
        harness.run();
        assertThat(fileIds()).hasSize(7);
        assertThat(fileIds().get(5)).isNotEqualTo(fileIds().get(0));
    }

    @Test
    void nothingIsSentBeforeTheCheckpointSaysSo() throws IOException {
        Path blocker = Files.createDirectory(harness.data.resolve("checkpoint.json.tmp"));
        write("access.log", 3);
        harness.run();
        harness.run();
        assertThat(harness.producer.offered).isZero();
        Files.delete(blocker);
        harness.run();
        assertThat(harness.lines()).hasSize(3);
    }

    @Test
    void countsHaveTheSumsOfTheRecordsAndTheRejectedLines() throws IOException {
        write("access.log", 3);
        harness.append("access.log", "{\"at\":1}\nbad\n");
        harness.run();
        harness.stop();
        AuditOracle.of(harness).check(5);
    }

    @Test
    void idleTopicAdvancesWithTheClock() throws IOException {
        write("access.log", 3);
        GenericRecord first = statement();
        // The clock is ahead of the last look at the files by a scan at most.
        assertThat(lag(first)).isBetween(AgentHarness.DISORDER_MS, AgentHarness.DISORDER_MS + 1_001);
        harness.pass(3_600_000);
        GenericRecord closed = statement();
        assertThat(readUpTo(closed) - readUpTo(first)).isGreaterThan(3_600_000L);
        assertThat(waitingFor(closed)).isEmpty();
        assertThat(closed.get("stopped")).isEqualTo(false);
        assertThat(closed.get("behindBytes")).isEqualTo(0L);
    }

    @Test
    void fileThatIsNotReadToItsEndHoldsItsTopicBackAtTheTimeItHasReached() throws IOException {
        long begin = harness.nowMs;
        write("access.log", AgentHarness.BATCH_BYTES / 20);
        harness.pass(1_000_000);
        write("access.log", AgentHarness.BATCH_BYTES / 20);
        harness.pass(1_000_000);
        harness.producer.holding = true;
        harness.run();
        harness.producer.answer(AgentHarness.BATCH_BYTES / 20);
        harness.run();
        harness.pass(INTERVAL_MS);
        harness.run();
        harness.producer.pending.forEach(
                sent -> assertThat(sent.record().topic()).isNotEqualTo(AgentHarness.PROGRESS));
        // The lines stay pending, the counts and then the statement are acknowledged.
        answerAllBut(AgentHarness.TOPIC);
        harness.run();
        answerAllBut(AgentHarness.TOPIC);
        GenericRecord held = lastStatement(AgentHarness.TOPIC);
        assertThat(readUpTo(held)).isEqualTo(begin - AgentHarness.DISORDER_MS);
        assertThat((Long) held.get("behindBytes")).isPositive();
        assertThat(waitingFor(held)).singleElement().asString().startsWith(harness.log("access.log") + ": ");
        harness.producer.holding = false;
        harness.producer.answerAll();
        harness.run();
        assertThat(lag(statement())).isLessThan(INTERVAL_MS);
    }

    private void answerAllBut(String topic) {
        List<FakeProducer.Sent> lines = harness.producer.pending.stream()
                .filter(sent -> sent.record().topic().equals(topic))
                .toList();
        harness.producer.pending.removeAll(lines);
        harness.producer.answerAll();
        harness.producer.pending.addAll(lines);
    }

    @Test
    void statementIsNotSentBeforeTheCountsItReliesOn() throws IOException {
        write("access.log", 3);
        harness.run();
        harness.producer.holding = true;
        harness.pass(INTERVAL_MS);
        harness.run();
        assertThat(harness.producer.pending)
                .extracting(sent -> sent.record().topic())
                .containsOnly(AgentHarness.AUDIT);
        harness.producer.answerAll();
        harness.run();
        assertThat(harness.producer.pending)
                .extracting(sent -> sent.record().topic())
                .containsOnly(AgentHarness.PROGRESS);
        harness.producer.answerAll();
        assertThat(lastStatement(AgentHarness.TOPIC).get("nextSequence")).isEqualTo(1L);
    }

    @Test
    void unfinishedLineHoldsItsTopicBackByName() throws IOException {
        write("access.log", 3);
        GenericRecord before = statement();
        harness.append("access.log", "{\"at\":");
        harness.run();
        GenericRecord held = statement();
        assertThat(readUpTo(held) - readUpTo(before)).isLessThan(5_000);
        held = statement();
        assertThat(waitingFor(held)).containsExactly(harness.log("access.log") + ": its end is incomplete");
        harness.append("access.log", harness.nowMs + "}\n");
        assertThat(lag(statement())).isLessThan(INTERVAL_MS);
    }

    @Test
    void unreadableFileHoldsItsTopicBackByName() throws IOException {
        write("access.log", 3);
        GenericRecord before = statement();
        Path broken = Files.writeString(harness.log("access.log.7.gz"), "not gzip, and longer than a header");
        statement();
        GenericRecord held = statement();
        assertThat(readUpTo(held)).isEqualTo(readUpTo(before));
        assertThat(waitingFor(held)).anyMatch(name -> name.startsWith(broken + ": "));
        Files.delete(broken);
        harness.run();
        harness.pass(40_000);
        assertThat(lag(statement())).isLessThan(INTERVAL_MS);
    }

    @Test
    void sourceWithoutFilesSaysNothing() throws IOException {
        GenericRecord statement = statement();
        assertThat(readUpTo(statement)).isZero();
        assertThat(waitingFor(statement)).containsExactly("source web: no file matches " + harness.log("access.log*"));
        Files.createFile(harness.log("access.log"));
        assertThat(lag(statement())).isLessThan(INTERVAL_MS);
    }

    @Test
    void statementNeverGoesBack() throws IOException {
        write("access.log", 3);
        long stated = readUpTo(statement());
        harness.crash(0);
        write("access.log", 3);
        harness.start();
        harness.producer.holding = true;
        harness.run();
        harness.pass(INTERVAL_MS);
        harness.run();
        answerAllBut(AgentHarness.TOPIC);
        GenericRecord held = lastStatement(AgentHarness.TOPIC);
        assertThat(readUpTo(held)).isEqualTo(stated);
        assertThat((Long) held.get("reportedTime")).isGreaterThan(stated + INTERVAL_MS);
    }

    @Test
    void eventTimeInTheFutureAdvancesNothing() throws IOException {
        write("access.log", AgentHarness.BATCH_BYTES / 30);
        harness.append("access.log", "{\"at\":" + (harness.nowMs + 1_800_000) + "}\n");
        harness.run();
        harness.stop();
        assertThat(lag(lastStatement(AgentHarness.TOPIC))).isNotNegative();
    }

    @Test
    void lastStatementBeforeAStopSaysSo() throws IOException {
        write("access.log", 3);
        harness.append("access.log", "bad\n");
        harness.run();
        harness.stop();
        GenericRecord last = lastStatement(AgentHarness.TOPIC);
        assertThat(last.get("stopped")).isEqualTo(true);
        assertThat(last.get("nextSequence"))
                .isEqualTo((long) harness.values(AgentHarness.AUDIT).size());
        assertThat(lastStatement(AgentHarness.DEAD_LETTERS).get("stopped")).isEqualTo(true);
        harness.start();
        assertThat(statement().get("stopped")).isEqualTo(false);
    }

    @Test
    void statementWaitsUntilItsTopicIsCreated() throws IOException {
        List<String> created = new ArrayList<>();
        harness.agent.close();
        harness.topics = topic -> {
            created.add(topic);
            if (created.size() < 3) {
                throw new ClientException(ErrorCode.REQUEST_TIMED_OUT, "no answer in this test");
            }
        };
        harness.start();
        write("access.log", 3);
        harness.run();
        harness.pass(INTERVAL_MS);
        harness.run();
        harness.run();
        assertThat(created).containsExactly(AgentHarness.PROGRESS);
        assertThat(harness.values(AgentHarness.PROGRESS)).isEmpty();
        assertThat(harness.lines()).hasSize(3);
        for (int interval = 0; interval < 3; interval++) {
            harness.pass(INTERVAL_MS);
            harness.run();
        }
        assertThat(created).hasSize(3);
        assertThat(harness.values(AgentHarness.PROGRESS)).isNotEmpty();
    }
}
