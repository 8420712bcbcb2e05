package io.tailrace.groups;

/** A group that has members, or had some. A group that only has offsets is not one: it is in the {@link OffsetTable} alone. */
public sealed interface Group permits ClassicGroup, ConsumerGroup {
    /** The group's id. */
    String groupId();
}
