package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import java.util.List;

/**
 * Deletes groups without members and their offsets.
 *
 * @param groupsNames the groups
 */
public record DeleteGroupsRequest(List<String> groupsNames) implements Request<DeleteGroupsResponse> {
    @Override
    public ApiKey api() {
        return ApiKey.DELETE_GROUPS;
    }
}
