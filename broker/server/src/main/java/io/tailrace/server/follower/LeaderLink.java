package io.tailrace.server.follower;

import io.tailrace.protocol.message.FetchRequest;
import io.tailrace.protocol.message.FetchResponse;
import java.io.IOException;

/** The way to one leader's broker. Used by one thread, but for {@link #close}. */
interface LeaderLink extends AutoCloseable {

    /**
     * Asks, and waits for the answer, for the request's own wait and a bounded time more.
     *
     * @throws IOException if there is none, or it is an error of the whole request; the link is of no use then
     */
    FetchResponse fetch(FetchRequest request) throws IOException;

    /**
     * Has the leader answer the fetch in flight now, with what there is, because there is something else to ask for.
     * Thread-safe; does not block.
     */
    void endWait();

    /** Ends the link, and a fetch that is under way with it. */
    @Override
    void close();

    /** Finds the way to a broker. */
    @FunctionalInterface
    interface Opener {

        /**
         * A link to the broker where it is registered now.
         *
         * @throws IOException if it is not
         */
        LeaderLink open(int brokerId) throws IOException;
    }
}
