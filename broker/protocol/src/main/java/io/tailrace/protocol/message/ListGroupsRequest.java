package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import java.util.List;

/**
 * Asks for the groups that the broker coordinates.
 *
 * @param statesFilter the states of the groups to list; empty for all
 * @param typesFilter their types, {@code classic} or {@code consumer}; empty for all
 */
public record ListGroupsRequest(
        @Since(4) List<String> statesFilter, @Since(5) List<String> typesFilter)
        implements Request<ListGroupsResponse> {
    @Override
    public ApiKey api() {
        return ApiKey.LIST_GROUPS;
    }
}
