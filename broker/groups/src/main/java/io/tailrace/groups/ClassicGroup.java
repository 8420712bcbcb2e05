package io.tailrace.groups;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.shard.StoredRecord;
import java.util.List;

/**
 * A group of the classic protocol. Immutable.
 *
 * @param groupId the group's id
 */
public record ClassicGroup(String groupId) implements Group {
    @Override
    public String protocolType() {
        return "";
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
        return caller.isMember() ? ErrorCode.UNKNOWN_MEMBER_ID : ErrorCode.NONE;
    }

    @Override
    public ErrorCode fetchError(OffsetCaller caller) {
        return ErrorCode.NONE;
    }

    @Override
    public List<StoredRecord> tombstones() {
        return List.of();
    }
}
