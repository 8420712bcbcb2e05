package io.tailrace.client;

/**
 * A group in a list.
 *
 * @param groupId the group
 * @param type {@link GroupDescription#CLASSIC} or {@link GroupDescription#CONSUMER}; empty if the broker does not report it
 * @param protocolType its members' protocol type, {@code consumer} for consumers; empty if it only has offsets
 * @param state its state, such as {@code Stable}; empty if the broker does not report it
 * @param coordinator the broker that coordinates it
 */
public record GroupListing(String groupId, String type, String protocolType, String state, int coordinator) {}
