package io.tailrace.groups;

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
}
