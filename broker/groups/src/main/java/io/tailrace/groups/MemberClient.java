package io.tailrace.groups;

/**
 * The client of a member, as tools show it.
 *
 * @param clientId the name that it gives itself; empty if it gives none
 * @param host its address
 */
public record MemberClient(String clientId, String host) {}
