package io.tailrace.groups;

/**
 * How the first rebalance of an empty group waits for further members ({@code group.initial.rebalance.delay.ms}).
 *
 * @param remainingMs how much longer it may be extended
 * @param memberAdded whether a member has joined since it was started or extended
 */
public record InitialDelay(int remainingMs, boolean memberAdded) {}
