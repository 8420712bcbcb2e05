package io.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.process.CommandRunner;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ProduceCommandTest {
    private final FakeClients clients = new FakeClients();
    private final StringWriter err = new StringWriter();

    private int produce(String input, String... options) {
        ByteArrayInputStream in = new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8));
        String[] args = Stream.concat(
                        Stream.of("--bootstrap-server", "localhost:9092", "--topic", "web"), Stream.of(options))
                .toArray(String[]::new);
        int exitCode = CommandRunner.commandLine(new ProduceCommand(clients, in))
                .setErr(new PrintWriter(err))
                .execute(args);
        assertThat(clients.producer.isClosed).isTrue();
        return exitCode;
    }

    private List<String> sent() {
        return clients.producer.records.stream()
                .map(record -> record.topic() + " " + text(record.key()) + " " + text(record.value()))
                .toList();
    }

    private static String text(byte @Nullable [] bytes) {
        return bytes == null ? "-" : new String(bytes, StandardCharsets.UTF_8);
    }

    @Test
    void eachLineBecomesARecordWithoutKey() {
        assertThat(produce("one\n\nmühle")).isZero();
        assertThat(sent()).containsExactly("web - one", "web - ", "web - mühle");
    }

    @Test
    void linesOfATransactionalIdAreOneTransaction() {
        assertThat(produce("one\ntwo\n", "--transactional-id", "id")).isZero();
        assertThat(clients.producer.transactionCalls).containsExactly("init 0", "begin 0", "commit 2");
    }

    @Test
    void refusedRecordIsNotCommitted() {
        clients.producer.refuses = true;
        assertThat(produce("one\ntwo\n", "--set", "transactional.id=id")).isEqualTo(CommandRunner.FAILURE);
        assertThat(clients.producer.transactionCalls).containsExactly("init 0", "begin 0");
    }

    @Test
    void theFirstSeparatorEndsTheKey() {
        assertThat(produce("a::b::c\n", "--key-separator", "::")).isZero();
        assertThat(sent()).containsExactly("web a b::c");
    }

    @Test
    void lineWithoutTheSeparatorFailsAfterEarlierLinesAreSent() {
        assertThat(produce("a:1\nb2\nc:3\n", "--key-separator", ":")).isEqualTo(CommandRunner.FAILURE);
        assertThat(sent()).containsExactly("web a 1");
        assertThat(err.toString()).contains("b2");
    }

    @Test
    void refusedRecordEndsTheCommandBeforeTheInputEnds() {
        clients.producer.refuses = true;
        assertThat(produce("line\n".repeat(5_000))).isEqualTo(CommandRunner.FAILURE);
        assertThat(clients.producer.records).hasSize(1);
        assertThat(err.toString()).endsWith(": refused\n");
    }
}
