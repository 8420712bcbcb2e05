package io.tailrace.groups;

/**
 * A group of the classic protocol. Immutable.
 *
 * @param groupId the group's id
 */
public record ClassicGroup(String groupId) implements Group {}
