package io.tailrace.groups;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.shard.StoredRecord;
import java.util.List;

/** A group of the consumer protocol (KIP-848). Confined to its shard. */
public final class ConsumerGroup implements Group {
    private final String groupId;

    /** A group without members. */
    public ConsumerGroup(String groupId) {
        this.groupId = groupId;
    }

    @Override
    public String groupId() {
        return groupId;
    }

    @Override
    public String protocolType() {
        return "consumer";
    }

    @Override
    public String stateName() {
        return "Empty";
    }

    @Override
    public boolean isEmpty() {
        return true;
    }

    @Override
    public long emptySinceMs() {
        return -1;
    }

    @Override
    public boolean isSubscribedTo(String topic) {
        return false;
    }

    @Override
    public ErrorCode commitError(OffsetCaller caller) {
        return ErrorCode.UNKNOWN_MEMBER_ID;
    }

    @Override
    public ErrorCode fetchError(OffsetCaller caller) {
        return ErrorCode.UNKNOWN_MEMBER_ID;
    }

    @Override
    public List<StoredRecord> tombstones() {
        return List.of();
    }
}
