package io.tailrace.groups.offsets;

import static io.tailrace.groups.offsets.OffsetRequests.commit;
import static io.tailrace.groups.offsets.OffsetRequests.fetchAll;
import static io.tailrace.groups.offsets.OffsetRequests.offset;
import static io.tailrace.groups.offsets.OffsetRequests.offsets;
import static io.tailrace.groups.offsets.OffsetRequests.topic;
import static io.tailrace.groups.offsets.OffsetRequests.topicOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.DeleteGroupsResponse;
import io.tailrace.protocol.message.ListGroupsResponse;
import io.tailrace.protocol.message.OffsetDeleteRequest;
import io.tailrace.protocol.message.OffsetDeleteResponse;
import io.tailrace.shard.Ticket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Offsets and groups without members are deleted, and groups are listed. */
class DeleteTest {
    private final TestShard shard = new TestShard().topic("web", 3000).topic("app", 1);

    @Test
    void offsetsAreDeletedByPartition() {
        shard.run(commit("g", topic("web", offset(0, 5, null), offset(1, 6, null)), topic("app", offset(0, 7, null))));
        shard.deleteTopic("app");

        assertThat(shard.run(deletion("g", "web", 0, 2, 0, 3000, -1)))
                .isEqualTo(response(
                        "web",
                        ErrorCode.NONE,
                        ErrorCode.NONE,
                        ErrorCode.NONE,
                        ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
                        ErrorCode.UNKNOWN_TOPIC_OR_PARTITION));
        assertThat(shard.recordsInLastDecision()).isEqualTo(1);
        assertThat(offsets(shard.ask(fetchAll("g")))).isEqualTo(Map.of("web-1", 6L, "app-0", 7L));

        shard.run(deletion("g", "app", 0));
        shard.reload();
        assertThat(offsets(shard.ask(fetchAll("g")))).isEqualTo(Map.of("web-1", 6L));
    }

    @Test
    void unknownGroupsAreNotFound() {
        assertThat(shard.run(deletion("g", "web", 0)).errorCode()).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND);
        assertThat(shard.run(new DeleteGroup("g")))
                .isEqualTo(new DeleteGroupsResponse.Result("g", ErrorCode.GROUP_ID_NOT_FOUND));
    }

    @Test
    void groupIsDeletedWithItsOffsets() {
        shard.run(commit("g", topic("web", offset(0, 5, null), offset(1, 6, null))));
        shard.run(commit("h", "web", 0, 7));

        assertThat(shard.run(new DeleteGroup("g"))).isEqualTo(new DeleteGroupsResponse.Result("g", ErrorCode.NONE));

        assertThat(shard.ask(new ListGroups(List.of(), List.of())).groups())
                .containsExactly(new ListGroupsResponse.Group("h", "", "Empty", "classic"));
        shard.reload();
        assertThat(offsets(shard.ask(fetchAll("g")))).isEmpty();
        assertThat(offsets(shard.ask(fetchAll("h")))).hasSize(1);
    }

    @Test
    void deletionOfManyOffsetsTakesSeveralDecisionsAndIsAnsweredByTheLast() {
        shard.run(commit("g", topicOf("web", 2500)));

        Ticket<DeleteGroupsResponse.Result> ticket = shard.submit(new DeleteGroup("g"));
        assertThat(shard.recordsInLastDecision()).isEqualTo(Tombstones.COUNT_MAX);
        assertThat(shard.answer(ticket)).isEmpty();

        shard.runTimer();
        assertThat(shard.answer(ticket)).isEmpty();
        shard.runTimer();
        assertThat(shard.answer(ticket)).contains(new DeleteGroupsResponse.Result("g", ErrorCode.NONE));
        assertThat(shard.ask(new ListGroups(List.of(), List.of())).groups()).isEmpty();
    }

    @Test
    void deletionOfManyNamedOffsetsTakesSeveralDecisions() {
        shard.run(commit("g", topicOf("web", 2500)));
        shard.deleteTopic("web");

        Ticket<OffsetDeleteResponse> ticket =
                shard.submit(deletion("g", "web", IntStream.range(0, 2600).toArray()));
        assertThat(shard.recordsInLastDecision()).isEqualTo(Tombstones.COUNT_MAX);
        assertThat(shard.answer(ticket)).isEmpty();
        shard.runTimer();
        shard.runTimer();

        List<ErrorCode> results = shard.answer(ticket).orElseThrow().topics().get(0).partitions().stream()
                .map(OffsetDeleteResponse.Partition::errorCode)
                .toList();
        assertThat(results.subList(0, 2500)).containsOnly(ErrorCode.NONE);
        assertThat(results.subList(2500, 2600)).containsOnly(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(offsets(shard.ask(fetchAll("g")))).isEmpty();
    }

    @Test
    void recordsThatAreTooLargeAreNoErrorOfTheseRequests() {
        assertThat(deletion("g", "web", 0).refused(ErrorCode.MESSAGE_TOO_LARGE).errorCode())
                .isEqualTo(ErrorCode.UNKNOWN_SERVER_ERROR);
        assertThat(new DeleteGroup("g").refused(ErrorCode.MESSAGE_TOO_LARGE).errorCode())
                .isEqualTo(ErrorCode.UNKNOWN_SERVER_ERROR);
    }

    @Test
    void groupsAreListedByState() {
        shard.run(commit("b", "web", 0, 5));
        shard.run(commit("a", "web", 0, 5));

        assertThat(shard.ask(new ListGroups(List.of("stable", "empty"), List.of()))
                        .groups())
                .extracting(ListGroupsResponse.Group::groupId)
                .containsExactly("a", "b");
        assertThat(shard.ask(new ListGroups(List.of("Stable"), List.of())).groups())
                .isEmpty();
    }

    private static DeleteOffsets deletion(String group, String topic, int... partitions) {
        return new DeleteOffsets(new OffsetDeleteRequest(
                group,
                List.of(new OffsetDeleteRequest.Topic(
                        topic,
                        Arrays.stream(partitions)
                                .mapToObj(OffsetDeleteRequest.Partition::new)
                                .toList()))));
    }

    /** The results of partitions 0, 2, 0, 3000 and -1. */
    private static OffsetDeleteResponse response(String topic, ErrorCode... errors) {
        int[] partitions = {0, 2, 0, 3000, -1};
        List<OffsetDeleteResponse.Partition> results = new ArrayList<>();
        for (int i = 0; i < errors.length; i++) {
            results.add(new OffsetDeleteResponse.Partition(partitions[i], errors[i]));
        }
        return new OffsetDeleteResponse(ErrorCode.NONE, 0, List.of(new OffsetDeleteResponse.Topic(topic, results)));
    }
}
