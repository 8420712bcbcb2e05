package io.tailrace.groups;

import io.tailrace.protocol.group.ConsumerGroupMemberMetadataValue;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A member of a {@link ConsumerGroup}. Immutable.
 *
 * @param id its id
 * @param metadata its metadata, as stored
 * @param current its current assignment
 */
public record ConsumerMember(String id, ConsumerGroupMemberMetadataValue metadata, MemberAssignment current) {
    private static final ConsumerGroupMemberMetadataValue UNKNOWN =
            new ConsumerGroupMemberMetadataValue(null, null, "", "", List.of(), null, -1, null, null);

    /** A member whose id alone is known. */
    public static ConsumerMember unknown(String id) {
        return new ConsumerMember(id, UNKNOWN, MemberAssignment.NEW);
    }

    /** The id of a static member; null for a dynamic one. */
    public @Nullable String instanceId() {
        return metadata.instanceId();
    }

    /** Whether it speaks the classic protocol. */
    public boolean isClassic() {
        return metadata.classicMemberMetadata() != null;
    }

    /** The same member with other metadata. */
    public ConsumerMember with(ConsumerGroupMemberMetadataValue changed) {
        return new ConsumerMember(id, changed, current);
    }

    /** The same member with other partitions. */
    public ConsumerMember with(MemberAssignment changed) {
        return new ConsumerMember(id, metadata, changed);
    }
}
