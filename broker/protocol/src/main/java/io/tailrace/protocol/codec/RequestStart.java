package io.tailrace.protocol.codec;

import java.nio.ByteBuffer;

/**
 * The first eight bytes of any request, whatever comes after them.
 *
 * @param apiKey the API's number, perhaps one that we do not know
 * @param apiVersion the API's version, perhaps one that we do not serve
 * @param correlationId what the answer must repeat
 */
public record RequestStart(short apiKey, short apiVersion, int correlationId) {

    /**
     * Reads it, without moving the frame's position.
     *
     * @param frame the request without its size
     * @throws MalformedMessageException if the frame is shorter
     */
    public static RequestStart of(ByteBuffer frame) {
        MessageReader in = new MessageReader(frame);
        return read(in);
    }

    static RequestStart read(MessageReader in) {
        short apiKey = in.int16();
        short apiVersion = in.int16();
        return new RequestStart(apiKey, apiVersion, in.int32());
    }
}
