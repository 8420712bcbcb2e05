package io.tailrace.shard;

/**
 * An answer. Has no effect if the request was answered or given up before.
 *
 * @param ticket the request
 * @param answer the answer
 * @param <A> its type
 */
public record Reply<A>(Ticket<A> ticket, A answer) {}
