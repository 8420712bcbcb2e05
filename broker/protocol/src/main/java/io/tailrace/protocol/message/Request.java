package io.tailrace.protocol.message;

/**
 * A message from a client to a broker.
 *
 * @param <R> the response
 */
public non-sealed interface Request<R extends Response> extends Message {

    /** The highest version of this request that our clients send. */
    default short sentVersionMax() {
        return api().served().max();
    }
}
