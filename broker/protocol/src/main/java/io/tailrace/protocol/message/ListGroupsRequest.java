package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import java.util.List;

/**
 * Asks for the groups that the broker coordinates.
 *
 * @param statesFilter the states of the groups to list; empty for all
 */
public record ListGroupsRequest(@Since(4) List<String> statesFilter) implements Request<ListGroupsResponse> {
    @Override
    public ApiKey api() {
        return ApiKey.LIST_GROUPS;
    }
}
