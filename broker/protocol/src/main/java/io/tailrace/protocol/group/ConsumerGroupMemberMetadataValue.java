package io.tailrace.protocol.group;

import io.tailrace.protocol.Bytes;
import io.tailrace.protocol.message.Default;
import io.tailrace.protocol.message.Tagged;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A member of the consumer protocol.
 *
 * @param instanceId the id of a static member; null for none
 * @param rackId its rack; null if it has none
 * @param clientId the name that its client gives itself
 * @param clientHost the address of its client
 * @param subscribedTopicNames the topics that it reads
 * @param subscribedTopicRegex the pattern of further topics; null for none
 * @param rebalanceTimeoutMs how long it may take to give up partitions
 * @param serverAssignor the assignor that it prefers; null for none
 * @param classicMemberMetadata what it has joined with if it uses the classic protocol; null, which is written, if not
 */
public record ConsumerGroupMemberMetadataValue(
        @Nullable String instanceId,
        @Nullable String rackId,
        String clientId,
        String clientHost,
        List<String> subscribedTopicNames,
        @Nullable String subscribedTopicRegex,
        @Default("-1") int rebalanceTimeoutMs,
        @Nullable String serverAssignor,
        @Tagged(0) @Default("{}") @Nullable ClassicMemberMetadata classicMemberMetadata)
        implements GroupRecordValue {
    @Override
    public short type() {
        return 5;
    }

    /**
     * What a member has joined with by the classic protocol.
     *
     * @param sessionTimeoutMs the member is removed if it sends no heartbeat for this long
     * @param supportedProtocols the assignors that it supports, the preferred one first
     */
    public record ClassicMemberMetadata(int sessionTimeoutMs, List<ClassicProtocol> supportedProtocols) {}

    /**
     * An assignor that a member supports.
     *
     * @param name its name
     * @param metadata the member's subscription, in the assignor's own format
     */
    public record ClassicProtocol(String name, Bytes metadata) {}
}
