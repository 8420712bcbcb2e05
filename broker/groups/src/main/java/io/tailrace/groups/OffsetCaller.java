package io.tailrace.groups;

import org.jspecify.annotations.Nullable;

/**
 * Who commits or reads offsets of a group.
 *
 * @param memberId the member; empty for none
 * @param instanceId the id of a static member; null for none
 * @param generationOrEpoch the generation, or the member's epoch in the consumer protocol; negative for none
 */
public record OffsetCaller(String memberId, @Nullable String instanceId, int generationOrEpoch) {
    /** Whether the request claims to come from a member: a consumer that assigns its own partitions, or a tool, does not. */
    public boolean isMember() {
        return !memberId.isEmpty() || instanceId != null || generationOrEpoch >= 0;
    }
}
