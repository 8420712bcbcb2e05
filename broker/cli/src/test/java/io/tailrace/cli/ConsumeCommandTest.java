package io.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.client.ClientException;
import io.tailrace.client.ConsumerRecord;
import io.tailrace.client.IsolationLevel;
import io.tailrace.client.NewTopic;
import io.tailrace.process.CommandRunner;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ConsumeCommandTest {
    private static final TopicPartition P0 = new TopicPartition("web", 0);
    private static final TopicPartition P1 = new TopicPartition("web", 1);

    private final FakeClients clients = new FakeClients();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    /** Three records in one partition, one in the other. */
    @BeforeEach
    void fill() {
        clients.admin.createTopic(new NewTopic("web", OptionalInt.of(2), OptionalInt.empty(), Map.of()));
        for (String value : List.of("a", "b", "c")) {
            append(P0, value);
        }
        append(P1, "d");
    }

    private void append(TopicPartition partition, String value) {
        long offset = clients.consumer.logs.getOrDefault(partition, List.of()).size();
        clients.consumer.append(
                partition,
                new ConsumerRecord(partition, offset, 5, null, value.getBytes(StandardCharsets.UTF_8), List.of()));
        clients.admin.highWatermarks.put(partition, offset + 1);
    }

    @Test
    void stopsAtTheLastStableOffsetAtTheIsolationLevel() {
        clients.admin.lastStableOffsets.put(P0, 2L);
        assertThat(consume("--from-beginning", "--to-end", "--isolation-level", "read_committed"))
                .isZero();
        assertThat(out.toString().lines()).containsExactlyInAnyOrder("a", "b", "d");
        assertThat(clients.consumer.isolation).isEqualTo(IsolationLevel.READ_COMMITTED);
        assertThat(consume("--isolation-level", "committed")).isEqualTo(CommandRunner.USAGE);
    }

    private int consume(String... options) {
        return consumeTo(out, options);
    }

    private int consumeTo(Writer target, String... options) {
        return consume(target, value -> "null", options);
    }

    private int consume(Writer target, ValueDecoder decoder, String... options) {
        String[] args = Stream.concat(
                        Stream.of("--bootstrap-server", "localhost:9092", "--topic", "web"), Stream.of(options))
                .toArray(String[]::new);
        return CommandRunner.commandLine(new ConsumeCommand(clients, address -> decoder))
                .setOut(new PrintWriter(target))
                .setErr(new PrintWriter(err))
                .execute(args);
    }

    @Test
    void printsTheValuesOfAllPartitionsToTheEnd() {
        assertThat(consume("--from-beginning", "--to-end")).isZero();
        assertThat(out.toString()).isEqualTo("a\nb\nc\nd\n");
        assertThat(clients.consumer.commits).isEmpty();
        assertThat(clients.consumer.isClosed).isTrue();
    }

    @Test
    void valueThatIsNotDecodedIsReportedWithItsPlaceAndTheReason() {
        ValueDecoder onlyB = value -> {
            if (value[0] != 'b') {
                throw new IllegalArgumentException("not B");
            }
            return "\"B\"";
        };

        int exit = consume(
                out, onlyB, "--from-beginning", "--to-end", "--schema-registry", "http://r", "--partition", "0");

        assertThat(exit).isEqualTo(CommandRunner.FAILURE);
        assertThat(out.toString()).isEqualTo("\"B\"\n");
        assertThat(err.toString()).isEqualTo("""
                        consume: value not decoded: web-0 offset 0: not B
                        consume: value not decoded: web-0 offset 2: not B
                        """);
    }

    @Test
    void registryThatDoesNotAnswerEndsTheCommandAndNothingIsCommitted() {
        ValueDecoder unavailable = value -> {
            throw new ValueDecoder.UnavailableException(new IllegalStateException("no answer from http://r"));
        };

        int exit = consume(out, unavailable, "--from-beginning", "--group", "g", "--schema-registry", "http://r");

        assertThat(exit).isEqualTo(CommandRunner.FAILURE);
        assertThat(out.toString()).isEmpty();
        assertThat(err.toString()).isEqualTo("consume: no answer from http://r\n");
        assertThat(clients.consumer.commits).isEmpty();
    }

    @Test
    void startsAtTheEndByDefault() {
        assertThat(consume("--to-end")).isZero();
        assertThat(out.toString()).isEmpty();
        assertThat(consume("--to-end", "--set", "auto.offset.reset=earliest", "--partition", "1"))
                .isZero();
        assertThat(out.toString()).isEqualTo("d\n");
    }

    @Test
    void toEndIgnoresRecordsWrittenAfterTheStart() {
        clients.admin.highWatermarks.put(P0, 2L);
        assertThat(consume("--from-beginning", "--to-end", "--partition", "0")).isZero();
        assertThat(out.toString()).isEqualTo("a\nb\n");
    }

    @Test
    void onlyPrintedRecordsAreCommitted() {
        assertThat(consume("--from-beginning", "--group", "g", "--max-messages", "2"))
                .isZero();
        assertThat(out.toString()).isEqualTo("a\nb\n");
        assertThat(clients.consumer.commits).isEqualTo(Map.of(P0, 2L));
    }

    @Test
    void aMemberThatTheGroupHasRemovedGoesOn() {
        clients.consumer.commitFailure = new ClientException(ErrorCode.UNKNOWN_MEMBER_ID, "removed");
        assertThat(consume("--from-beginning", "--group", "g", "--max-messages", "4"))
                .isZero();
        assertThat(out.toString()).isEqualTo("a\nb\nc\nd\n");
        assertThat(err.toString())
                .isEqualTo(
                        "consume: offsets were not committed, so that these records may be printed again: removed\n");
        assertThat(clients.consumer.commits).isEqualTo(Map.of(P1, 1L));
    }

    @Test
    void aCoordinatorThatDoesNotAnswerEndsNoConsumer() {
        clients.consumer.commitFailure = new ClientException(ErrorCode.REQUEST_TIMED_OUT, "no answer");
        assertThat(consume("--from-beginning", "--group", "g", "--partition", "0", "--to-end"))
                .isZero();
        assertThat(out.toString()).isEqualTo("a\nb\nc\n");
        assertThat(err.toString()).contains("may be printed again: no answer");
    }

    @Test
    void aRefusedCommitEndsAConsumerThatIsNoMember() {
        clients.consumer.commitFailure = new ClientException(ErrorCode.UNKNOWN_MEMBER_ID, "the group has members");
        assertThat(consume("--from-beginning", "--group", "g", "--partition", "0"))
                .isEqualTo(CommandRunner.FAILURE);
        assertThat(err.toString()).contains("the group has members");

        clients.consumer.commitFailure = new ClientException(ErrorCode.GROUP_AUTHORIZATION_FAILED, "not allowed");
        assertThat(consume("--from-beginning", "--group", "g")).isEqualTo(CommandRunner.FAILURE);
    }

    @Test
    void aGroupIsJoinedUnlessPartitionOrOffsetIsGiven() {
        consume("--group", "g", "--to-end", "--partition", "0");
        assertThat(clients.consumer.isSubscribed).isFalse();
        consume("--group", "g", "--to-end", "--offset", "1");
        assertThat(clients.consumer.isSubscribed).isFalse();
        consume("--group", "g", "--to-end");
        assertThat(clients.consumer.isSubscribed).isTrue();
    }

    @Test
    void endsWithoutCommitWhenTheOutputIsClosed() {
        Writer gone = new Writer() {
            @Override
            public void write(char[] text, int offset, int length) throws IOException {
                throw new IOException("Broken pipe");
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        assertThat(consumeTo(gone, "--from-beginning", "--group", "g")).isZero();
        assertThat(clients.consumer.commits).isEmpty();
    }

    @Test
    void jsonShowsTheRecordsPosition() {
        assertThat(consume("--offset", "0", "--to-end", "--json", "--partition", "1"))
                .isZero();
        assertThat(out.toString())
                .isEqualTo("{\"topic\":\"web\",\"partition\":1,\"offset\":0,\"timestamp\":5,\"key\":null,"
                        + "\"value\":\"d\",\"headers\":[]}\n");
    }

    @Test
    void unknownPartitionIsWrongUsage() {
        assertThat(consume("--partition", "2", "--to-end")).isEqualTo(CommandRunner.USAGE);
        assertThat(err.toString()).contains("--partition 2: topic web has partitions 0 to 1");
    }
}
