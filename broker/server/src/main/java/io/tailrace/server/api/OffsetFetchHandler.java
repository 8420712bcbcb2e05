package io.tailrace.server.api;

import io.tailrace.groups.offsets.FetchOffsets;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.OffsetFetchRequest;
import io.tailrace.protocol.message.OffsetFetchResponse;
import io.tailrace.server.group.GroupCoordinator;
import io.tailrace.server.shard.GatheredAnswers;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** Returns committed offsets of groups, each with its own error. A group that is requested twice is answered once. */
public final class OffsetFetchHandler implements RequestHandler<OffsetFetchRequest, OffsetFetchResponse> {
    private static final short FIRST_WITH_GROUPS = 8;
    private static final short FIRST_WITH_GROUP_ERROR = 2;

    private final GroupCoordinator groups;

    /** Answers for these groups. */
    public OffsetFetchHandler(GroupCoordinator groups) {
        this.groups = groups;
    }

    @Override
    public ApiKey api() {
        return ApiKey.OFFSET_FETCH;
    }

    @Override
    public void handle(OffsetFetchRequest request, Call<OffsetFetchResponse> call) {
        short version = call.header().version();
        if (version < FIRST_WITH_GROUPS) {
            OffsetFetchRequest.Group only = new OffsetFetchRequest.Group(request.groupId(), request.topics());
            ask(only, request.requireStable(), answer -> call.answer(ofOneGroup(only, answer, version)));
            return;
        }
        Set<String> seen = new HashSet<>();
        List<OffsetFetchRequest.Group> requested = request.groups().stream()
                .filter(group -> seen.add(group.groupId()))
                .toList();
        GatheredAnswers<OffsetFetchResponse.Group> answers = new GatheredAnswers<>(
                requested.size(), all -> call.answer(new OffsetFetchResponse(0, List.of(), ErrorCode.NONE, all)));
        for (int i = 0; i < requested.size(); i++) {
            ask(requested.get(i), request.requireStable(), answers.place(i));
        }
    }

    private void ask(
            OffsetFetchRequest.Group group, boolean requiresStable, Consumer<OffsetFetchResponse.Group> answer) {
        FetchOffsets fetch = new FetchOffsets(group, requiresStable);
        if (group.groupId().isEmpty()) {
            answer.accept(fetch.refused(ErrorCode.INVALID_GROUP_ID));
        } else {
            groups.query(group.groupId(), fetch, answer);
        }
    }

    private static OffsetFetchResponse ofOneGroup(
            OffsetFetchRequest.Group group, OffsetFetchResponse.Group answer, short version) {
        boolean isRefusedByPartition = answer.errorCode() != ErrorCode.NONE && version < FIRST_WITH_GROUP_ERROR;
        List<OffsetFetchResponse.Topic> topics =
                isRefusedByPartition ? refused(group, answer.errorCode()) : answer.topics();
        return new OffsetFetchResponse(0, topics, answer.errorCode(), List.of());
    }

    private static List<OffsetFetchResponse.Topic> refused(OffsetFetchRequest.Group group, ErrorCode error) {
        if (group.topics() == null) {
            return List.of();
        }
        return group.topics().stream()
                .map(topic -> new OffsetFetchResponse.Topic(
                        topic.name(),
                        topic.partitionIndexes().stream()
                                .map(index -> new OffsetFetchResponse.Partition(index, -1, -1, "", error))
                                .toList()))
                .toList();
    }
}
