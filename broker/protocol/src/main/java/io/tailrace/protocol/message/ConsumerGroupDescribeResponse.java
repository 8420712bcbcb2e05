package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The state and the members of groups of the consumer protocol.
 *
 * @param throttleTimeMs how long the client must wait because it exceeded a quota
 * @param groups the groups
 */
public record ConsumerGroupDescribeResponse(int throttleTimeMs, List<Group> groups) implements Response {
    /** A member that uses the classic protocol (KIP-1099). */
    public static final byte CLASSIC_MEMBER = 0;
    /** A member that uses the consumer protocol. */
    public static final byte CONSUMER_MEMBER = 1;

    @Override
    public ApiKey api() {
        return ApiKey.CONSUMER_GROUP_DESCRIBE;
    }

    /**
     * A group.
     *
     * @param errorCode the error
     * @param errorMessage describes the error; null for nothing to add
     * @param groupId the group
     * @param groupState its state, such as {@code Stable}
     * @param groupEpoch its epoch
     * @param assignmentEpoch the epoch of its target assignment
     * @param assignorName the assignor that it uses
     * @param members its members
     * @param authorizedOperations bit set of the operations the client is allowed; {@link Integer#MIN_VALUE} if not requested
     */
    public record Group(
            ErrorCode errorCode,
            @Nullable String errorMessage,
            String groupId,
            String groupState,
            int groupEpoch,
            int assignmentEpoch,
            String assignorName,
            List<Member> members,
            @Default("-2147483648") int authorizedOperations) {}

    /**
     * A member.
     *
     * @param memberId its id
     * @param instanceId the id of a static member; null for none
     * @param rackId its rack; null if it has none
     * @param memberEpoch its epoch
     * @param clientId the name that its client gives itself
     * @param clientHost the address of its client
     * @param subscribedTopicNames the topics that it reads
     * @param subscribedTopicRegex the pattern of further topics; null for none
     * @param assignment its partitions
     * @param targetAssignment the partitions that it should have
     * @param memberType {@link #CLASSIC_MEMBER} or {@link #CONSUMER_MEMBER}; -1 if not known
     */
    public record Member(
            String memberId,
            @Nullable String instanceId,
            @Nullable String rackId,
            int memberEpoch,
            String clientId,
            String clientHost,
            List<String> subscribedTopicNames,
            @Nullable String subscribedTopicRegex,
            Assignment assignment,
            Assignment targetAssignment,
            @Since(1) @Default("-1") byte memberType) {}

    /**
     * The partitions of a member.
     *
     * @param topicPartitions the partitions
     */
    public record Assignment(List<TopicPartitions> topicPartitions) {}

    /**
     * Partitions of a topic.
     *
     * @param topicId the topic's id
     * @param topicName the topic
     * @param partitions the indexes of its partitions
     */
    public record TopicPartitions(UUID topicId, String topicName, List<Integer> partitions) {}
}
