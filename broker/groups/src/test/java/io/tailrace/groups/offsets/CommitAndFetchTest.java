package io.tailrace.groups.offsets;

import static io.tailrace.groups.offsets.OffsetRequests.commit;
import static io.tailrace.groups.offsets.OffsetRequests.errors;
import static io.tailrace.groups.offsets.OffsetRequests.fetchAll;
import static io.tailrace.groups.offsets.OffsetRequests.offset;
import static io.tailrace.groups.offsets.OffsetRequests.offsets;
import static io.tailrace.groups.offsets.OffsetRequests.topic;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.codec.GroupRecords;
import io.tailrace.protocol.group.OffsetCommitKey;
import io.tailrace.protocol.group.OffsetCommitValue;
import io.tailrace.protocol.message.OffsetCommitRequest;
import io.tailrace.protocol.message.OffsetFetchRequest;
import io.tailrace.protocol.message.OffsetFetchResponse;
import io.tailrace.shard.StoredRecord;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Consumers that assign their own partitions. */
class CommitAndFetchTest {
    private final TestShard shard = new TestShard().topic("web", 3).topic("app", 1);

    @Test
    void committedOffsetsAreFetched() {
        assertThat(errors(shard.run(commit("g", topic("web", offset(2, 5, "note"), offset(0, 6, null))))))
                .containsExactly(ErrorCode.NONE, ErrorCode.NONE);

        OffsetFetchResponse.Group all = shard.ask(fetchAll("g"));
        assertThat(all)
                .isEqualTo(new OffsetFetchResponse.Group(
                        "g",
                        List.of(new OffsetFetchResponse.Topic(
                                "web",
                                List.of(
                                        new OffsetFetchResponse.Partition(0, 6, 4, "", ErrorCode.NONE),
                                        new OffsetFetchResponse.Partition(2, 5, 4, "note", ErrorCode.NONE)))),
                        ErrorCode.NONE));
        assertThat(offsets(shard.ask(fetchAll("h")))).isEmpty();
    }

    @Test
    void partitionsWithoutAnOffsetAreAnsweredWithMinusOneAndRepetitionsOnce() {
        shard.run(commit("g", "web", 0, 6));

        OffsetFetchResponse.Group answer = shard.ask(new FetchOffsets(
                new OffsetFetchRequest.Group(
                        "g",
                        List.of(
                                new OffsetFetchRequest.Topic("web", List.of(1, 0, 0, -1)),
                                new OffsetFetchRequest.Topic("web", List.of(0, 2)),
                                new OffsetFetchRequest.Topic("none", List.of(0)))),
                false));

        assertThat(answer.topics())
                .extracting(topic -> topic.partitions().size())
                .containsExactly(3, 1, 1);
        assertThat(offsets(answer))
                .isEqualTo(Map.of("web--1", -1L, "web-0", 6L, "web-1", -1L, "web-2", -1L, "none-0", -1L));
    }

    @Test
    void offsetsAreFetchedOnceTheyAreCommittedInTheLog() {
        shard.run(commit("g", "web", 0, 5));
        shard.stopCommitting();
        shard.run(commit("g", "web", 0, 6));
        shard.run(commit("h", "web", 0, 7));

        assertThat(offsets(shard.ask(fetchAll("g")))).containsExactly(Map.entry("web-0", 5L));
        assertThat(offsets(shard.ask(fetchAll("h")))).isEmpty();
        assertThat(shard.ask(new ListGroups(List.of(), List.of())).groups()).hasSize(1);

        shard.commitAll();
        assertThat(offsets(shard.ask(fetchAll("g")))).containsExactly(Map.entry("web-0", 6L));
        assertThat(offsets(shard.ask(fetchAll("h")))).containsExactly(Map.entry("web-0", 7L));
    }

    @Test
    void eachPartitionHasItsResult() {
        assertThat(errors(shard.run(commit(
                        "g",
                        topic("web", offset(3, 5, null), offset(0, 6, null), offset(-1, 6, null)),
                        topic("none", offset(0, 7, null)),
                        topic("app", offset(0, 7, "äöüäöx"))))))
                .containsExactly(
                        ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
                        ErrorCode.NONE,
                        ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
                        ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
                        ErrorCode.OFFSET_METADATA_TOO_LARGE);

        assertThat(offsets(shard.ask(fetchAll("g")))).containsExactly(Map.entry("web-0", 6L));
    }

    @Test
    void requestOfAMemberIsRefusedByAGroupThatHasNone() {
        OffsetCommitRequest.Topic offset = topic("web", offset(0, 5, null));
        assertThat(errors(shard.run(new CommitOffsets(
                        new OffsetCommitRequest("g", 3, "member", null, -1, List.of(offset)), (short) 8))))
                .containsExactly(ErrorCode.ILLEGAL_GENERATION);
        assertThat(errors(shard.run(new CommitOffsets(
                        new OffsetCommitRequest("g", 3, "member", null, -1, List.of(offset)), (short) 9))))
                .containsExactly(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(shard.ask(new FetchOffsets(new OffsetFetchRequest.Group("g", "member", 3, null), false))
                        .errorCode())
                .isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(shard.log()).isEmpty();
    }

    @Test
    void commitWithoutAGenerationIsAcceptedThoughItNamesAnInstance() {
        OffsetCommitRequest.Topic offset = topic("web", offset(0, 5, null));
        assertThat(errors(shard.run(new CommitOffsets(
                        new OffsetCommitRequest("g", -1, "member", "instance", -1, List.of(offset)), (short) 9))))
                .containsExactly(ErrorCode.NONE);
    }

    @Test
    void recordsHaveKafkasFormat() {
        shard.at(77);
        shard.run(commit("g", topic("web", offset(2, 5, "note"))));

        StoredRecord record = shard.log().get(0);
        OffsetCommitKey key = new OffsetCommitKey("g", "web", 2);
        assertThat(GroupRecords.decodeKey(record.key())).contains(key);
        assertThat(GroupRecords.decodeValue(key, Objects.requireNonNull(record.value())))
                .isEqualTo(new OffsetCommitValue(5, 4, "note", 77, -1, new UUID(0, 0)));
    }

    @Test
    void offsetsSurviveAFailover() {
        shard.run(commit("g", topic("web", offset(0, 5, null), offset(1, 6, null))));
        shard.run(commit("g", "web", 0, 7));
        shard.run(commit("h", "web", 0, 8));

        shard.reload();

        assertThat(offsets(shard.ask(fetchAll("g")))).isEqualTo(Map.of("web-0", 7L, "web-1", 6L));
        assertThat(offsets(shard.ask(fetchAll("h")))).isEqualTo(Map.of("web-0", 8L));
    }

    @Test
    void offsetThatDoesNotFitIntoABatchIsRefusedAsTooLarge() {
        CommitOffsets commit = commit("g", topic("web", offset(0, 5, null), offset(1, 5, null)));

        assertThat(errors(commit.refused(ErrorCode.MESSAGE_TOO_LARGE)))
                .containsExactly(ErrorCode.INVALID_COMMIT_OFFSET_SIZE, ErrorCode.INVALID_COMMIT_OFFSET_SIZE);
        assertThat(errors(commit.refused(ErrorCode.NOT_COORDINATOR)))
                .containsExactly(ErrorCode.NOT_COORDINATOR, ErrorCode.NOT_COORDINATOR);
    }
}
