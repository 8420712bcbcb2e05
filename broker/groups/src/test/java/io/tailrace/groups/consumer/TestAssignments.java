package io.tailrace.groups.consumer;

import io.tailrace.groups.Assignment;
import io.tailrace.groups.ClusterSnapshot;
import io.tailrace.groups.assignor.AssignorInput;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What the leader of a group of the classic protocol passes to an assignor. */
final class TestAssignments {
    private TestAssignments() {}

    static AssignorInput input(ClusterSnapshot.Topic topic, Map<String, List<Integer>> had) {
        List<AssignorInput.Member> members = new ArrayList<>();
        had.forEach((id, partitions) -> members.add(new AssignorInput.Member(
                id, null, null, Set.of(topic.id()), Assignment.of(Map.of(topic.id(), partitions)))));
        return new AssignorInput(members, new TreeMap<>(Map.of(topic.id(), topic)));
    }
}
