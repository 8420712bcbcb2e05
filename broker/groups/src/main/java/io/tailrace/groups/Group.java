package io.tailrace.groups;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.shard.StoredRecord;
import java.util.List;
import java.util.UUID;
import java.util.function.Predicate;

/**
 * A group that has members, or had some. A group that only has offsets has no such object, only an entry in the
 * {@link OffsetTable}.
 */
public sealed interface Group permits ClassicGroup, ConsumerGroup {
    /** The protocol type of consumers. */
    String CONSUMER = "consumer";

    /** The group's id. */
    String groupId();

    /** The members' protocol type: {@code consumer} for consumers, empty if the group never had a member. */
    String protocolType();

    /** The state as tools show it, such as {@code Stable} or {@code Empty}. */
    String stateName();

    /** Whether the members are consumers, so that their subscriptions can be read. */
    default boolean isOfConsumers() {
        return protocolType().equals(CONSUMER);
    }

    /**
     * Whether the group has no members. Only an empty group can be deleted, or take commits of consumers that assign their own
     * partitions. A client that has an id but has not joined with it is not a member yet.
     */
    boolean isEmpty();

    /** The number of members. */
    int memberCount();

    /** When the last member left an empty group, in ms since 1970; -1 if not known. */
    long emptySinceMs();

    /**
     * Tests whether any member reads a topic. Also true if that is not known: if the members are not consumers, or a subscription
     * cannot be read.
     */
    Predicate<String> subscription();

    /**
     * Whether a request of a {@linkplain OffsetCaller#isMember member} may commit offsets, as far as this is the same for all
     * partitions: {@code NONE}, or the error to answer.
     */
    ErrorCode commitError(OffsetCaller caller);

    /** Whether a request that passed {@link #commitError(OffsetCaller)} may commit the offset of a partition. */
    default ErrorCode commitError(OffsetCaller caller, UUID topic, int partition) {
        return ErrorCode.NONE;
    }

    /**
     * Whether a request of a member may read offsets: {@code NONE}, or the error to answer. A member whose epoch has moved on
     * since it sent the request may read: that does no harm, and it would only ask again.
     */
    ErrorCode fetchError(OffsetCaller caller);

    /** The tombstones of all records of an empty group except its offsets. */
    List<StoredRecord> tombstones();
}
