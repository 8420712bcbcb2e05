package io.tailrace.server.api;

import io.tailrace.groups.offsets.CommitOffsets;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.OffsetCommitRequest;
import io.tailrace.protocol.message.OffsetCommitResponse;
import io.tailrace.server.group.GroupCoordinator;

/** Commits offsets of a group, and answers when the in-sync replicas have them. */
public final class OffsetCommitHandler implements RequestHandler<OffsetCommitRequest, OffsetCommitResponse> {
    private final GroupCoordinator groups;

    /** Answers for these groups. */
    public OffsetCommitHandler(GroupCoordinator groups) {
        this.groups = groups;
    }

    @Override
    public ApiKey api() {
        return ApiKey.OFFSET_COMMIT;
    }

    @Override
    public void handle(OffsetCommitRequest request, Call<OffsetCommitResponse> call) {
        CommitOffsets commit = new CommitOffsets(request, call.header().version());
        if (request.groupId().isEmpty()) {
            call.answer(commit.refused(ErrorCode.INVALID_GROUP_ID));
        } else {
            call.onDisconnect(groups.submit(request.groupId(), commit, answer -> {
                groups.countCommitted(committed(answer));
                call.answer(answer);
            })::giveUp);
        }
    }

    private static long committed(OffsetCommitResponse answer) {
        return answer.topics().stream()
                .flatMap(topic -> topic.partitions().stream())
                .filter(partition -> partition.errorCode() == ErrorCode.NONE)
                .count();
    }
}
