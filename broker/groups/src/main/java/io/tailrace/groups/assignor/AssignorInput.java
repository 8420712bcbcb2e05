package io.tailrace.groups.assignor;

import io.tailrace.groups.Assignment;
import io.tailrace.groups.ClusterSnapshot;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The input of an assignor.
 *
 * @param members the members, in the order of their ids
 * @param topics the topics that exist and that at least one member subscribes to, by id
 */
public record AssignorInput(List<Member> members, NavigableMap<UUID, ClusterSnapshot.Topic> topics) {
    /**
     * A member.
     *
     * @param id its id
     * @param instanceId the id of a static member; null for a dynamic one
     * @param rack its rack; null if unknown
     * @param topics the topics that it subscribes to
     * @param current the partitions that it should have so far; may name topics and partitions that no longer exist
     */
    public record Member(
            String id,
            @Nullable String instanceId,
            @Nullable String rack,
            Set<UUID> topics,
            Assignment current) {}
}
