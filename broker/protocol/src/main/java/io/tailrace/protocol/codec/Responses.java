package io.tailrace.protocol.codec;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.message.Response;
import java.nio.ByteBuffer;

/** Encodes and decodes responses. */
public final class Responses {
    private Responses() {}

    /**
     * Reads the correlation id of a response without moving the frame's position.
     *
     * @param frame the response without its size
     * @throws MalformedMessageException if the frame is shorter
     */
    public static int correlationId(ByteBuffer frame) {
        return new MessageReader(frame).int32();
    }

    /**
     * Decodes a response. Ignores bytes after its end, as other clients do.
     *
     * @param api the API of the request
     * @param version the version of the request
     * @param frame the response without its size; its position does not move
     * @throws MalformedMessageException if the frame is not such a response
     * @throws IllegalArgumentException if the version is not served
     */
    public static Response decode(ApiKey api, short version, ByteBuffer frame) {
        StructType layout = MessageCatalog.response(api).at(version);
        MessageReader in = new MessageReader(frame);
        try {
            in.int32();
            if (isHeaderFlexible(api, version)) {
                in.skipTaggedFields();
            }
            return (Response) layout.readObject(in);
        } catch (MalformedMessageException e) {
            throw e.within(api + " v" + version + " response");
        }
    }

    /**
     * Encodes a response.
     *
     * @param version the version of the request, or 0 for an ApiVersions request of an unknown version
     * @throws IllegalArgumentException if the version is not served or cannot express the response
     * @throws IllegalStateException if the response is over 100 MiB without records, or over 2 GiB with them
     */
    public static EncodedMessage encode(Response body, short version, int correlationId) {
        StructType layout = MessageCatalog.response(body.api()).at(version);
        MessageWriter out = new MessageWriter();
        out.int32(0);
        out.int32(correlationId);
        if (isHeaderFlexible(body.api(), version)) {
            out.unsignedVarint(0);
        }
        layout.writeObject(body, out);
        return out.finish();
    }

    /** The header of ApiVersions is never flexible: the client does not know the broker's versions yet. */
    private static boolean isHeaderFlexible(ApiKey api, short version) {
        return api != ApiKey.API_VERSIONS && api.flexible(version);
    }
}
