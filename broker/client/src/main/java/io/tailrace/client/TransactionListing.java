package io.tailrace.client;

/**
 * A transactional id in a list.
 *
 * @param transactionalId the id
 * @param producerId its producer id
 * @param state its state, such as {@code Ongoing} or {@code CompleteCommit}
 * @param coordinator the broker that coordinates it
 */
public record TransactionListing(String transactionalId, long producerId, String state, int coordinator) {}
