package io.tailrace.server.follower;

import io.tailrace.protocol.message.FetchRequest;
import io.tailrace.protocol.message.FetchResponse;
import java.io.IOException;

/** A connection to the broker of one leader. Used by one thread, except {@link #endWait} and {@link #close}. */
interface LeaderLink extends AutoCloseable {

    /**
     * Sends a fetch and waits for the answer: for the request's own wait and a bounded time more.
     *
     * @throws IOException if there is no answer, or it is an error of the whole request other than one of the fetch session; the
     *     link must be closed then
     */
    FetchResponse fetch(FetchRequest request) throws IOException;

    /**
     * Makes the leader answer the fetch in flight at once with the records it has, because there is something else to ask for.
     * Thread-safe; does not block.
     */
    void endWait();

    /** Closes the connection; a fetch in flight fails. Thread-safe. */
    @Override
    void close();

    /** Connects to brokers. */
    @FunctionalInterface
    interface Opener {

        /**
         * A link to the broker's current address.
         *
         * @throws IOException if the broker is not registered
         */
        LeaderLink open(int brokerId) throws IOException;
    }
}
