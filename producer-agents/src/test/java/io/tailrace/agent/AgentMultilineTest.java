package io.tailrace.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import io.tailrace.agent.parse.Format;
import io.tailrace.agent.tail.Multiline;
import io.tailrace.client.ClientException;
import io.tailrace.protocol.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Records of several lines, across rotations and crashes. */
class AgentMultilineTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private AgentHarness harness;

    @BeforeEach
    void startAgent() throws IOException {
        harness = harness(Format.Kind.RAW, "");
    }

    private AgentHarness harness(Format.Kind kind, String pattern) throws IOException {
        Multiline multiline = new Multiline(Pattern.compile("^\\s"), false, 1_000);
        Format format = new Format(kind, pattern, "", "iso");
        return new AgentHarness(
                folder,
                logs -> List.of(new Source(
                        AgentHarness.tail(logs, "app", "app.log*").with(multiline), format, AgentHarness.TOPIC)));
    }

    @AfterEach
    void closeAgent() {
        harness.close();
    }

    @Test
    void recordHasTheOffsetOfItsFirstLineAndKeepsItsNewlines() throws IOException {
        harness.append("app.log", "first\nException: x\n\tat a\n\tat b\nlast\n");
        harness.run();
        assertThat(harness.lines()).containsExactly("first", "Exception: x\n\tat a\n\tat b");
        assertThat(harness.values(AgentHarness.TOPIC))
                .extracting(value -> value.get("byteOffset"))
                .containsExactly(0L, 6L);
    }

    @Test
    void runThatEndsByItselfWaitsForTheLastRecord() throws IOException {
        harness.append("app.log", "only\n more\n");
        harness.run();
        assertThat(harness.lines()).isEmpty();
        assertThat(harness.agent.isIdle(harness.steadyMs())).isFalse();
        harness.run();
        assertThat(harness.lines()).containsExactly("only\n more");
        assertThat(harness.agent.isIdle(harness.steadyMs())).isTrue();
    }

    @Test
    void runThatEndsByItselfSendsTheLastRecordWhateverTheTimeout() throws IOException {
        harness.close();
        Multiline hour = new Multiline(Pattern.compile("^\\s"), false, 3_600_000);
        harness = new AgentHarness(
                folder,
                logs -> List.of(new Source(
                                AgentHarness.tail(logs, "app", "app.log*").with(hour),
                                AgentHarness.RAW,
                                AgentHarness.TOPIC)
                        .forOneRun()));
        harness.producer.unknownTopics.put(
                AgentHarness.TOPIC, new ClientException(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "no topic yet"));
        harness.append("app.log", "only\n more\n");
        harness.run();
        harness.pass(SendGate.GIVE_UP_MS - 3_000);
        harness.producer.unknownTopics.clear();
        do {
            harness.run();
        } while (!harness.agent.isIdle(harness.steadyMs()));
        assertThat(harness.lines()).containsExactly("only\n more");
        assertThat(harness.agent.leftOut(harness.steadyMs())).isEmpty();
    }

    @Test
    void recordAtTheEndOfARotatedFileIsNotJoinedWithTheNextFile() throws IOException {
        harness.append("app.log", "old\n");
        harness.run();
        Files.move(harness.log("app.log"), harness.log("app.log.1"));
        harness.append("app.log", "\tstrange beginning\nnew\n\tmore\n");
        harness.run();
        harness.run();
        assertThat(harness.lines()).containsExactlyInAnyOrder("old", "\tstrange beginning", "new\n\tmore");
    }

    @Test
    void recordThatIsWrittenDuringARenameIsWhole() throws IOException {
        harness.append("app.log", "one\n\ta\n");
        harness.step();
        Files.move(harness.log("app.log"), harness.log("app.log.1"), StandardCopyOption.ATOMIC_MOVE);
        harness.append("app.log.1", "\tb\n");
        harness.append("app.log", "two\n");
        harness.run();
        harness.run();
        assertThat(harness.lines()).containsExactlyInAnyOrder("one\n\ta\n\tb", "two");
    }

    @Test
    void recordThatWasSentBeforeACrashIsSentAgainAsItWas() throws IOException {
        harness.producer.holding = true;
        harness.append("app.log", "one\n\ta\n");
        harness.run();
        harness.run();
        harness.crash(1);
        harness.append("app.log", "\tlate\ntwo\n");
        harness.start();
        harness.run();
        harness.run();
        assertThat(harness.lines()).containsExactly("one\n\ta", "one\n\ta", "\tlate", "two");
        List<GenericRecord> values = harness.values(AgentHarness.TOPIC);
        assertThat(values.get(1)).isEqualTo(values.get(0));
    }

    @Test
    void overlongRecordIsADeadLetter() throws IOException {
        String record = "x" + "\n\tat somewhere".repeat(AgentHarness.BATCH_BYTES / 4);
        harness.append("app.log", record + "\nnext\nlast\n");
        harness.run();
        assertThat(harness.lines()).containsExactly("next");
        assertThat(harness.values(AgentHarness.DEAD_LETTERS)).singleElement().satisfies(letter -> {
            assertThat(letter.get("line").toString()).isEqualTo(record.substring(0, AgentHarness.LINE_BYTES_MAX));
            assertThat(letter.get("reason").toString()).startsWith("line of " + record.length() + " bytes");
        });
    }

    @Test
    void recordIsParsedAsAWhole() throws IOException {
        harness.close();
        harness = harness(Format.Kind.REGEX, "(?s)(?<level>\\w+) (?<text>.*)");
        harness.append("app.log", "WARN x\n\tat a\nINFO y\n");
        harness.run();
        harness.run();
        assertThat(harness.values(AgentHarness.TOPIC).stream()
                        .map(value -> value.get("fields").toString())
                        .collect(Collectors.toList()))
                .containsExactly("{level=WARN, text=x\n\tat a}", "{level=INFO, text=y}");
    }
}
