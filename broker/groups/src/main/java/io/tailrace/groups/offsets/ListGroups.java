package io.tailrace.groups.offsets;

import io.tailrace.groups.ConsumerGroup;
import io.tailrace.groups.Group;
import io.tailrace.groups.GroupsShard;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.ListGroupsResponse;
import io.tailrace.shard.Query;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Lists the groups of a shard by id. A group that only has offsets is listed as empty and without a type of protocol.
 *
 * @param states the states of the groups to list, in upper or lower case; empty for all
 * @param types their types, {@code classic} or {@code consumer}, in upper or lower case; empty for all
 */
public record ListGroups(List<String> states, List<String> types) implements Query<GroupsShard, ListGroupsResponse> {
    private static final String EMPTY = "Empty";
    private static final String CLASSIC = "classic";
    private static final String CONSUMER = "consumer";

    @Override
    public ListGroupsResponse answer(GroupsShard state, long nowMs) {
        Set<String> ids = new TreeSet<>(state.groups().committedKeys());
        ids.addAll(state.offsets().committedGroups());
        ids.addAll(state.offsets().pending().committedGroups());
        List<ListGroupsResponse.Group> listed = new ArrayList<>();
        for (String id : ids) {
            Group group = state.groups().committed(id);
            ListGroupsResponse.Group each = group == null
                    ? new ListGroupsResponse.Group(id, "", EMPTY, CLASSIC)
                    : new ListGroupsResponse.Group(id, group.protocolType(), group.stateName(), type(group));
            if (matches(states, each.groupState()) && matches(types, each.groupType())) {
                listed.add(each);
            }
        }
        return new ListGroupsResponse(0, ErrorCode.NONE, listed);
    }

    private static boolean matches(List<String> wanted, String found) {
        return wanted.isEmpty() || wanted.stream().anyMatch(found::equalsIgnoreCase);
    }

    private static String type(Group group) {
        return group instanceof ConsumerGroup ? CONSUMER : CLASSIC;
    }

    @Override
    public ListGroupsResponse refused(ErrorCode error) {
        return new ListGroupsResponse(0, error, List.of());
    }
}
