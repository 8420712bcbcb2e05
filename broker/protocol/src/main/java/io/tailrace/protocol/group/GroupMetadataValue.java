package io.tailrace.protocol.group;

import io.tailrace.protocol.Bytes;
import io.tailrace.protocol.message.Default;
import io.tailrace.protocol.message.Since;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A generation of the classic protocol.
 *
 * @param protocolType what the members have in common, {@code consumer} for consumers
 * @param generation the generation
 * @param protocol the assignor; null for none
 * @param leader the member that computes the assignment; null for none
 * @param currentStateTimestamp when the state changed, in ms since 1970; -1 if not known
 * @param members the members
 */
public record GroupMetadataValue(
        String protocolType,
        int generation,
        @Nullable String protocol,
        @Nullable String leader,
        @Since(2) @Default("-1") long currentStateTimestamp,
        List<MemberMetadata> members)
        implements GroupRecordValue {
    @Override
    public short type() {
        return 2;
    }

    /** Version 3, which tools other than Kafka read. */
    @Override
    public short writtenVersion() {
        return 3;
    }

    /**
     * A member.
     *
     * @param memberId its id
     * @param groupInstanceId the id of a static member (KIP-345); null for none
     * @param clientId the name that its client gives itself
     * @param clientHost the address of its client
     * @param rebalanceTimeout how long a rebalance waits for it, in ms; -1 for the session timeout
     * @param sessionTimeout it is removed if it sends no heartbeat for this long, in ms
     * @param subscription its subscription, in the assignor's own format
     * @param assignment its partitions, in the assignor's own format
     */
    public record MemberMetadata(
            String memberId,
            @Since(3) @Nullable String groupInstanceId,
            String clientId,
            String clientHost,
            @Since(1) @Default("-1") int rebalanceTimeout,
            int sessionTimeout,
            Bytes subscription,
            Bytes assignment) {}
}
