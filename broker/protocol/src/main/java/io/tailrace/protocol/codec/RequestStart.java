package io.tailrace.protocol.codec;

import java.nio.ByteBuffer;

/**
 * The first eight bytes of any request, in all versions of all APIs.
 *
 * @param apiKey the API's number; may be unknown
 * @param apiVersion the API's version; may not be served
 * @param correlationId the response must repeat it
 */
public record RequestStart(short apiKey, short apiVersion, int correlationId) {

    /**
     * Reads the start of a frame without moving its position.
     *
     * @param frame the request without its size
     * @throws MalformedMessageException if the frame is shorter
     */
    public static RequestStart of(ByteBuffer frame) {
        MessageReader in = new MessageReader(frame);
        return read(in);
    }

    /**
     * The name that the client gives itself, which follows in requests of every version.
     *
     * @param frame the request without its size
     * @return empty if there is none, or it cannot be read
     */
    public static String clientId(ByteBuffer frame) {
        MessageReader in = new MessageReader(frame);
        try {
            RequestStart unused = read(in);
            String clientId = RequestHeader.readClientId(in);
            return clientId == null ? "" : clientId;
        } catch (MalformedMessageException e) {
            return "";
        }
    }

    static RequestStart read(MessageReader in) {
        short apiKey = in.int16();
        short apiVersion = in.int16();
        return new RequestStart(apiKey, apiVersion, in.int32());
    }
}
