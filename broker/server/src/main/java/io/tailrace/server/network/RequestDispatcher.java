package io.tailrace.server.network;

import io.netty.buffer.ByteBuf;

/** Takes whole requests from a connection. */
@FunctionalInterface
public interface RequestDispatcher {

    /**
     * Handles one request, on its connection's event loop, in the order of arrival. Must not block.
     *
     * @param frame the request without its size prefix; valid only until this returns
     * @param exchange where the answer goes, now or later
     * @throws BadFrameException if this is no request; the connection is closed
     */
    void dispatch(ByteBuf frame, Exchange exchange) throws BadFrameException;
}
