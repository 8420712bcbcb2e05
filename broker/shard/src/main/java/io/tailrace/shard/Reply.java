package io.tailrace.shard;

/**
 * An answer. Has no effect if the request has already been answered or given up.
 *
 * @param ticket the request
 * @param answer the answer
 * @param <A> its type
 */
public record Reply<A>(Ticket<A> ticket, A answer) {}
