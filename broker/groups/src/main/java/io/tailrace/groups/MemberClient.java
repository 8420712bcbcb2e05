package io.tailrace.groups;

/**
 * The client behind a member, for whoever looks at the group.
 *
 * @param clientId the name that it gives itself; empty if it gives none
 * @param host its address
 */
public record MemberClient(String clientId, String host) {}
