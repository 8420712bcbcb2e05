package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import java.util.List;

/**
 * The results of {@link DeleteGroupsRequest}.
 *
 * @param throttleTimeMs how long the client must wait because it exceeded a quota
 * @param results the results by group
 */
public record DeleteGroupsResponse(int throttleTimeMs, List<Result> results) implements Response {
    @Override
    public ApiKey api() {
        return ApiKey.DELETE_GROUPS;
    }

    /**
     * The result for a group.
     *
     * @param groupId the group
     * @param errorCode the error
     */
    public record Result(String groupId, ErrorCode errorCode) {}
}
