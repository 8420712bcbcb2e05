package io.tailrace.client;

import io.tailrace.protocol.TopicPartition;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A group and its members.
 *
 * @param groupId the group
 * @param type {@link #CLASSIC} or {@link #CONSUMER}
 * @param state its state, such as {@code Stable}; {@link #DEAD} if it does not exist
 * @param assignor the assignor that it uses; empty for none
 * @param members its members
 */
public record GroupDescription(String groupId, String type, String state, String assignor, List<Member> members) {
    /** The type of groups of the protocol of JoinGroup and SyncGroup. */
    public static final String CLASSIC = "classic";

    /** The type of groups of the protocol of KIP-848. */
    public static final String CONSUMER = "consumer";

    /** The state of a group that does not exist. */
    public static final String DEAD = "Dead";

    /**
     * A member.
     *
     * @param memberId its id
     * @param instanceId the id of a static member
     * @param clientId the name that its client gives itself
     * @param host the address of its client
     * @param assignment its partitions; empty if they are not known, as in a group whose members are not consumers
     */
    public record Member(
            String memberId,
            Optional<String> instanceId,
            String clientId,
            String host,
            Set<TopicPartition> assignment) {}
}
