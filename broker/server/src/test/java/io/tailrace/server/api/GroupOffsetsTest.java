package io.tailrace.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.DeleteGroupsRequest;
import io.tailrace.protocol.message.DeleteGroupsResponse;
import io.tailrace.protocol.message.ListGroupsRequest;
import io.tailrace.protocol.message.ListGroupsResponse;
import io.tailrace.protocol.message.OffsetCommitRequest;
import io.tailrace.protocol.message.OffsetCommitResponse;
import io.tailrace.protocol.message.OffsetDeleteRequest;
import io.tailrace.protocol.message.OffsetDeleteResponse;
import io.tailrace.protocol.message.OffsetFetchRequest;
import io.tailrace.protocol.message.OffsetFetchResponse;
import io.tailrace.server.RawClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Requests about committed offsets, and about groups that only have offsets. */
class GroupOffsetsTest {
    private static final short FIRST_WITH_GROUPS = 8;

    private GroupServer server;
    private RawClient client;

    @BeforeEach
    void start(@TempDir Path directory) throws Exception {
        server = new GroupServer(
                directory,
                groups -> List.of(
                        new OffsetCommitHandler(groups),
                        new OffsetFetchHandler(groups),
                        new OffsetDeleteHandler(groups),
                        new ListGroupsHandler(groups),
                        new DeleteGroupsHandler(groups)));
        client = server.connect();
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        server.close();
    }

    static Stream<Short> commitVersions() {
        return versions(ApiKey.OFFSET_COMMIT);
    }

    static Stream<Short> fetchVersions() {
        return versions(ApiKey.OFFSET_FETCH);
    }

    private static Stream<Short> versions(ApiKey api) {
        return IntStream.rangeClosed(api.served().min(), api.served().max()).mapToObj(version -> (short) version);
    }

    @ParameterizedTest
    @MethodSource("commitVersions")
    void offsetsAreCommittedInEveryVersion(short version) throws Exception {
        assertThat(commit("g", 0, 5, version)).isEqualTo(ErrorCode.NONE);
        assertThat(commit("g", 3, 5, version)).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(commit("", 0, 5, version)).isEqualTo(ErrorCode.INVALID_GROUP_ID);

        assertThat(fetch("g", null, (short) 9).topics())
                .containsExactly(new OffsetFetchResponse.Topic(
                        "web",
                        List.of(new OffsetFetchResponse.Partition(0, 5, version < 6 ? -1 : 4, "", ErrorCode.NONE))));
    }

    @ParameterizedTest
    @MethodSource("fetchVersions")
    void offsetsAreFetchedInEveryVersion(short version) throws Exception {
        commit("g", 1, 5, (short) 9);

        OffsetFetchResponse.Group answer = fetch("g", List.of(0, 1), version);
        assertThat(answer.errorCode()).isEqualTo(ErrorCode.NONE);
        assertThat(answer.topics().get(0).partitions())
                .extracting(OffsetFetchResponse.Partition::committedOffset)
                .containsExactly(-1L, 5L);
    }

    @ParameterizedTest
    @MethodSource("fetchVersions")
    void brokerThatDoesNotCoordinateTheGroupSaysSo(short version) throws Exception {
        server.follow();

        assertThat(commit("g", 0, 5, (short) 9)).isEqualTo(ErrorCode.NOT_COORDINATOR);
        OffsetFetchResponse.Group answer = fetch("g", List.of(0), version);
        if (version < 2) {
            assertThat(answer.topics().get(0).partitions())
                    .containsExactly(new OffsetFetchResponse.Partition(0, -1, -1, "", ErrorCode.NOT_COORDINATOR));
        } else {
            assertThat(answer.errorCode()).isEqualTo(ErrorCode.NOT_COORDINATOR);
            assertThat(answer.topics()).isEmpty();
        }
        assertThat(client.call(new ListGroupsRequest(List.of(), List.of()), ListGroupsResponse.class))
                .isEqualTo(new ListGroupsResponse(0, ErrorCode.NONE, List.of()));
    }

    @Test
    void severalGroupsAreFetchedAtOnceEachWithItsError() throws Exception {
        commit("g", 0, 5, (short) 9);
        commit("h", 0, 6, (short) 9);

        OffsetFetchResponse answer = client.call(
                new OffsetFetchRequest(
                        "",
                        List.of(),
                        List.of(
                                new OffsetFetchRequest.Group("h", null),
                                new OffsetFetchRequest.Group("", null),
                                new OffsetFetchRequest.Group("g", null),
                                new OffsetFetchRequest.Group("h", List.of())),
                        true),
                OffsetFetchResponse.class);

        assertThat(answer.groups())
                .extracting(OffsetFetchResponse.Group::groupId, OffsetFetchResponse.Group::errorCode)
                .containsExactly(
                        tuple("h", ErrorCode.NONE), tuple("", ErrorCode.INVALID_GROUP_ID), tuple("g", ErrorCode.NONE));
        assertThat(client.call(new OffsetFetchRequest("", List.of(), List.of(), false), OffsetFetchResponse.class)
                        .groups())
                .isEmpty();
    }

    @Test
    void groupsAreListedAndDeleted() throws Exception {
        commit("g", 0, 5, (short) 9);
        commit("h", 0, 6, (short) 9);
        assertThat(list("Empty")).containsExactly("g", "h");
        assertThat(list("Stable")).isEmpty();

        assertThat(client.call(new DeleteGroupsRequest(List.of("h", "none", "h", "")), DeleteGroupsResponse.class))
                .isEqualTo(new DeleteGroupsResponse(
                        0,
                        List.of(
                                new DeleteGroupsResponse.Result("h", ErrorCode.NONE),
                                new DeleteGroupsResponse.Result("none", ErrorCode.GROUP_ID_NOT_FOUND),
                                new DeleteGroupsResponse.Result("", ErrorCode.INVALID_GROUP_ID))));
        assertThat(list()).containsExactly("g");
        assertThat(client.call(new DeleteGroupsRequest(List.of()), DeleteGroupsResponse.class)
                        .results())
                .isEmpty();
    }

    @Test
    void offsetsAreDeleted() throws Exception {
        commit("g", 0, 5, (short) 9);
        commit("g", 1, 6, (short) 9);

        assertThat(delete("g").errorCode()).isEqualTo(ErrorCode.NONE);
        assertThat(delete("none").errorCode()).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND);
        assertThat(delete("").errorCode()).isEqualTo(ErrorCode.INVALID_GROUP_ID);
        assertThat(fetch("g", null, (short) 9).topics().get(0).partitions())
                .extracting(OffsetFetchResponse.Partition::partitionIndex)
                .containsExactly(1);
    }

    private OffsetDeleteResponse delete(String group) throws IOException {
        return client.call(
                new OffsetDeleteRequest(
                        group,
                        List.of(new OffsetDeleteRequest.Topic("web", List.of(new OffsetDeleteRequest.Partition(0))))),
                OffsetDeleteResponse.class);
    }

    private List<String> list(String... states) throws IOException {
        return client
                .call(new ListGroupsRequest(List.of(states), List.of()), ListGroupsResponse.class)
                .groups()
                .stream()
                .map(ListGroupsResponse.Group::groupId)
                .toList();
    }

    private ErrorCode commit(String group, int partition, long offset, short version) throws IOException {
        client.send(
                new OffsetCommitRequest(
                        group,
                        List.of(new OffsetCommitRequest.Topic(
                                "web", List.of(new OffsetCommitRequest.Partition(partition, offset, 4, null))))),
                version);
        return client.receive(OffsetCommitResponse.class)
                .topics()
                .get(0)
                .partitions()
                .get(0)
                .errorCode();
    }

    private OffsetFetchResponse.Group fetch(String group, @Nullable List<Integer> partitions, short version)
            throws IOException {
        List<OffsetFetchRequest.Topic> topics =
                partitions == null ? null : List.of(new OffsetFetchRequest.Topic("web", partitions));
        if (version >= FIRST_WITH_GROUPS) {
            client.send(
                    new OffsetFetchRequest("", List.of(), List.of(new OffsetFetchRequest.Group(group, topics)), false),
                    version);
            return client.receive(OffsetFetchResponse.class).groups().get(0);
        }
        client.send(new OffsetFetchRequest(group, topics, List.of(), false), version);
        OffsetFetchResponse answer = client.receive(OffsetFetchResponse.class);
        return new OffsetFetchResponse.Group(group, answer.topics(), answer.errorCode());
    }
}
