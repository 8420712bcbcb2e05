package io.tailrace.server.network;

import io.netty.buffer.ByteBuf;

/** Takes whole requests from a connection. */
@FunctionalInterface
public interface RequestDispatcher {

    /**
     * Handles one request, on its connection's event loop, in the order of arrival. Must not block.
     *
     * @param frame the request without its size prefix; valid only until this returns
     * @param connection where to {@linkplain Connection#begin begin} the exchange that answers it, now or later
     * @throws BadFrameException if the frame is not a request; the connection is closed
     */
    void dispatch(ByteBuf frame, Connection connection) throws BadFrameException;
}
