package io.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.client.ConsumerRecord;
import io.tailrace.client.GroupDescription;
import io.tailrace.process.CommandRunner;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.codec.GroupRecords;
import io.tailrace.protocol.group.OffsetCommitKey;
import io.tailrace.protocol.group.OffsetCommitValue;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** It is one hour after the epoch. */
class LagCommandTest {
    private static final long NOW_MS = 3_600_000;
    private static final TopicPartition WEB_0 = new TopicPartition("web", 0);
    private static final TopicPartition WEB_1 = new TopicPartition("web", 1);
    private static final TopicPartition STORE = new TopicPartition("__consumer_offsets", 0);

    private final FakeClients clients = new FakeClients();
    private final InMemoryGroups groups = clients.groups;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final List<Long> pauses = new ArrayList<>();

    private int lag(String... args) {
        LagCommand command = new LagCommand(clients, InstantSource.fixed(Instant.ofEpochMilli(NOW_MS)), seconds -> {
            pauses.add(seconds);
            if (pauses.size() == 3) {
                throw new InterruptedException("end of the test");
            }
        });
        CommandLine line =
                CommandRunner.commandLine(command).setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        List<String> all = new ArrayList<>(List.of("--bootstrap-server", "localhost:9092"));
        all.addAll(List.of(args));
        return line.execute(all.toArray(String[]::new));
    }

    /** Stores a commit that was made this long ago. */
    private void stored(String group, TopicPartition partition, long offset, long agoMs) {
        long atMs = NOW_MS - agoMs;
        groups.append(STORE, atMs);
        clients.consumer.append(
                STORE,
                new ConsumerRecord(
                        STORE,
                        Objects.requireNonNull(groups.logs.get(STORE)).size() - 1,
                        atMs,
                        bytes(GroupRecords.encodeKey(
                                new OffsetCommitKey(group, partition.topic(), partition.partition()))),
                        bytes(GroupRecords.encodeValue(
                                new OffsetCommitValue(offset, -1, "", atMs, -1, new UUID(0, 0)))),
                        List.of()));
        groups.commit(group, partition, offset);
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    @Test
    void lagIsShownInRecordsAndInSecondsSinceTheOldestUnreadRecord() {
        groups.append(WEB_0, NOW_MS - 9_000, NOW_MS - 8_000, NOW_MS - 7_500, NOW_MS - 1_000);
        stored("g", WEB_0, 2, 100);

        assertThat(lag("--group", "g")).isZero();
        assertThat(out.toString()).isEqualTo("""
                GROUP  TOPIC  PARTITION  CURRENT-OFFSET  LOG-END-OFFSET  LAG  LAG-SECONDS  VERDICT  STATE  MEMBER  HOST  REASON
                g      web            0               2               4    2            7  OK       Empty  -       -     -
                """);
    }

    @Test
    void aGroupThatHasReadEverythingIsZeroSecondsBehindOnAnIdleTopicToo() {
        groups.append(WEB_0, 1);
        groups.commit("g", WEB_0, 1);

        assertThat(lag("--group", "g", "--max-lag", "0", "--max-seconds", "0", "--output", "csv"))
                .isZero();
        assertThat(out.toString()).contains("g,web,0,1,1,0,0,OK");
    }

    @Test
    void limitsAreInclusive() {
        groups.append(WEB_0, NOW_MS - 5_000, NOW_MS - 4_000);
        groups.commit("g", WEB_0, 0);

        assertThat(lag("--group", "g", "--max-lag", "2")).isZero();
        assertThat(lag("--group", "g", "--max-lag", "1")).isEqualTo(CommandRunner.NEEDS_ATTENTION);
        assertThat(lag("--group", "g", "--max-seconds", "5")).isZero();
        assertThat(lag("--group", "g", "--max-seconds", "4")).isEqualTo(CommandRunner.NEEDS_ATTENTION);
    }

    @Test
    void aPartitionWithoutACommittedOffsetCountsWithAllItsRecords() {
        groups.append(WEB_0, NOW_MS);
        groups.append(WEB_1, NOW_MS - 2_000, NOW_MS - 1_000);
        groups.commit("g", WEB_0, 1);

        assertThat(lag("--group", "g", "--max-lag", "1", "--output", "csv")).isEqualTo(CommandRunner.NEEDS_ATTENTION);
        assertThat(out.toString()).contains("g,web,1,,2,2,2,OK,Empty,,,\"no committed offset\"");
    }

    @Test
    void topicsAskedForAreShownAlthoughNothingIsCommitted() {
        groups.append(WEB_0, NOW_MS);

        assertThat(lag("--group", "expired", "--topic", "web", "--max-lag", "0"))
                .isEqualTo(CommandRunner.NEEDS_ATTENTION);
    }

    @Test
    void aDeletedTopicAndAPartitionWithoutLeaderAreRowsWithAReason() {
        groups.append(WEB_0, NOW_MS - 1_000);
        groups.commit("g", WEB_0, 0);
        groups.commit("g", new TopicPartition("gone", 3), 5);

        assertThat(lag("--group", "g", "--output", "csv")).isZero();
        assertThat(out.toString())
                .contains("g,gone,3,5,,,,OK,Empty,,,\"partition does not exist\"")
                .contains("g,web,0,0,1,1,1,OK");

        groups.errors.put(WEB_0, ErrorCode.LEADER_NOT_AVAILABLE);
        assertThat(lag("--group", "g", "--output", "csv"))
                .as("what does not answer may be far behind")
                .isEqualTo(CommandRunner.NEEDS_ATTENTION);
        assertThat(out.toString()).contains("g,web,0,0,,,,OK,Empty,,,\"no leader\"");
    }

    @Test
    void recordsThatRetentionTookAreCountedInTheReason() {
        groups.append(WEB_0, 1, 2, NOW_MS - 3_000, NOW_MS - 2_000);
        groups.starts.put(WEB_0, 2L);
        groups.commit("g", WEB_0, 1);

        lag("--group", "g", "--output", "csv");
        assertThat(out.toString())
                .contains("g,web,0,1,4,3,3,OK,Empty,,,\"1 records were deleted before they were read\"");
    }

    @Test
    void commitsOfTheWindowAreJudgedByTheLagThatThereWasThen() {
        for (long minute = 9; minute >= 0; minute--) {
            groups.append(WEB_0, NOW_MS - minute * 60_000 - 30_000, NOW_MS - minute * 60_000 - 20_000);
        }
        for (long minute = 9; minute >= 0; minute--) {
            stored("slow", WEB_0, 10 - minute, minute * 60_000);
            stored("stuck", WEB_0, 1, minute * 60_000);
        }

        assertThat(lag("--group", "slow", "--group", "stuck", "--output", "csv"))
                .isEqualTo(CommandRunner.NEEDS_ATTENTION);
        assertThat(out.toString())
                .containsPattern("slow,web,0,10,20,10,\\d+,WARN")
                .containsPattern("stuck,web,0,1,20,19,\\d+,STALL");
    }

    @Test
    void commitsOfAllGroupsAreReadOnce() {
        groups.append(WEB_0, NOW_MS - 5_000, NOW_MS - 4_000);
        for (String group : List.of("a", "b", "c")) {
            stored(group, WEB_0, 1, 1_000);
        }

        assertThat(lag("--all-groups", "--output", "csv")).isZero();
        assertThat(clients.consumer.assignments).containsExactly(Set.of(STORE));
        assertThat(out.toString().lines().map(line -> line.substring(0, 6)))
                .containsExactly("GROUP,", "a,web,", "b,web,", "c,web,");
    }

    @Test
    void aLagOfThenThatIsNotKnownIsNoVerdict() {
        groups.append(WEB_0, NOW_MS - 700_000, NOW_MS - 650_000);
        for (int i = 5; i >= 1; i--) {
            stored("g", WEB_0, 1, i * 60_000L);
        }
        groups.timeErrors.put(WEB_0, ErrorCode.NOT_LEADER_OR_FOLLOWER);

        assertThat(lag("--group", "g", "--output", "csv")).isEqualTo(CommandRunner.NEEDS_ATTENTION);
        assertThat(out.toString())
                .contains("g,web,0,1,2,1,650,OK,Empty,,,\"the lag at earlier commits is not known:"
                        + " NOT_LEADER_OR_FOLLOWER\"");
    }

    @Test
    void lagIsShownWhereCommitsCannotBeRead() {
        groups.append(WEB_0, NOW_MS - 5_000, NOW_MS - 4_000);
        stored("g", WEB_0, 1, 1_000);
        groups.errors.put(STORE, ErrorCode.LEADER_NOT_AVAILABLE);

        assertThat(lag("--group", "g", "--output", "csv")).isEqualTo(CommandRunner.NEEDS_ATTENTION);
        assertThat(out.toString())
                .contains("g,web,0,1,2,1,4,OK,Empty,,,\"earlier commits: __consumer_offsets-0: LEADER_NOT_AVAILABLE\"");
    }

    @Test
    void aGroupThatDoesNotAnswerHidesNoOther() {
        groups.append(WEB_0, NOW_MS);
        groups.commit("g", WEB_0, 1);
        groups.unreachable.add("away");

        assertThat(lag("--group", "away", "--group", "g", "--output", "csv")).isEqualTo(CommandRunner.NEEDS_ATTENTION);
        assertThat(out.toString())
                .contains("away,,,,,,,,,,,\"group away: no answer\"")
                .contains("g,web,0,1,1,0,0,OK");
    }

    @Test
    void anOffsetBeyondTheEndOfTheLogIsOver() {
        groups.append(WEB_0, NOW_MS);
        groups.commit("g", WEB_0, 7);

        assertThat(lag("--group", "g", "--output", "csv")).isEqualTo(CommandRunner.NEEDS_ATTENTION);
        assertThat(out.toString())
                .contains("g,web,0,7,1,0,0,OK,Empty,,,\"the committed offset is beyond the log's end\"");
    }

    @Test
    void commitsBeforeTheWindowDoNotCount() {
        groups.append(WEB_0, NOW_MS - 700_000, NOW_MS - 650_000);
        for (int i = 3; i >= 1; i--) {
            stored("g", WEB_0, 1, 600_000 + i);
        }

        assertThat(lag("--group", "g", "--output", "csv")).isEqualTo(CommandRunner.NEEDS_ATTENTION);
        assertThat(out.toString()).contains("g,web,0,1,2,1,650,STOP");
        assertThat(lag("--group", "g", "--window", "7200"))
                .as("a window with those commits")
                .isZero();
    }

    @Test
    void allGroupsAreShownWithTheirMembers() {
        groups.append(WEB_0, NOW_MS);
        groups.commit("a", WEB_0, 1);
        groups.commit("b", WEB_0, 1);
        groups.groups.put(
                "b",
                new GroupDescription(
                        "b",
                        GroupDescription.CONSUMER,
                        "Stable",
                        "uniform",
                        List.of(new GroupDescription.Member(
                                "m-1", Optional.empty(), "client", "/192.0.2.1", Set.of(WEB_0)))));

        assertThat(lag("--all-groups", "--output", "csv")).isZero();
        assertThat(out.toString())
                .contains("a,web,0,1,1,0,0,OK,Empty,,,")
                .contains("b,web,0,1,1,0,0,OK,Stable,m-1,/192.0.2.1,");
    }

    @Test
    void aGroupWithoutOffsetsIsNamed() {
        assertThat(lag("--group", "nobody")).isEqualTo(CommandRunner.FAILURE);
        assertThat(err.toString()).isEqualTo("lag: group nobody has no committed offsets\n");
    }

    @Test
    void oneGroupWithoutOffsetsDoesNotHideTheOthers() {
        groups.append(WEB_0, NOW_MS);
        groups.commit("g", WEB_0, 1);

        assertThat(lag("--group", "nobody", "--group", "g", "--output", "csv"))
                .isEqualTo(CommandRunner.NEEDS_ATTENTION);
        assertThat(out.toString())
                .contains("nobody,,,,,,,,,,,\"no committed offsets\"")
                .contains("g,web,0,1,1,0,0,OK");
    }

    @Test
    void aLagOfUnknownAgeIsOverALimitOfSeconds() {
        groups.append(WEB_0, -1);
        groups.commit("g", WEB_0, 0);

        assertThat(lag("--group", "g")).isZero();
        assertThat(lag("--group", "g", "--max-seconds", "1000000")).isEqualTo(CommandRunner.NEEDS_ATTENTION);
        assertThat(out.toString()).contains("the age of the oldest unread record is not known");
    }

    @Test
    void aClusterThatDoesNotAnswerEndsNoWatch() {
        groups.isDown = true;
        assertThat(lag("--all-groups")).isEqualTo(CommandRunner.FAILURE);
        err.getBuffer().setLength(0);

        lag("--all-groups", "--watch", "5");
        assertThat(pauses).hasSize(3);
        assertThat(err.toString().lines().filter(line -> line.equals("lag: no broker answers")))
                .hasSize(3);
    }

    @Test
    void watchRepeatsAtTheInterval() {
        groups.append(WEB_0, NOW_MS);
        groups.commit("g", WEB_0, 1);

        lag("--group", "g", "--watch", "5", "--output", "json");
        assertThat(pauses).containsExactly(5L, 5L, 5L);
        assertThat(out.toString().lines()).hasSize(3);
    }
}
