package io.tailrace.protocol.group;

/** The topic that stores groups and their offsets. */
public final class OffsetsTopic {
    /** Its name. */
    public static final String NAME = "__consumer_offsets";

    private OffsetsTopic() {}

    /** The partition that stores a group, if the topic has this many partitions. As Kafka has it, so that its tools find the group. */
    public static int partitionOf(String group, int partitions) {
        int hash = group.hashCode();
        return (hash == Integer.MIN_VALUE ? 0 : Math.abs(hash)) % partitions;
    }
}
