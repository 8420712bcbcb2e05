package io.tailrace.protocol.message;

/**
 * What a client asks of a broker.
 *
 * @param <R> the answer
 */
public non-sealed interface Request<R extends Response> extends Message {}
