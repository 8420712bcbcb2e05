package io.tailrace.protocol.codec;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.message.Response;
import java.nio.ByteBuffer;

/** Responses to and from bytes. */
public final class Responses {
    private Responses() {}

    /**
     * The correlation id of a response, without moving the frame's position.
     *
     * @param frame the response without its size
     * @throws MalformedMessageException if the frame is shorter
     */
    public static int correlationId(ByteBuffer frame) {
        return new MessageReader(frame).int32();
    }

    /**
     * Reads a response. Bytes after its end are ignored, as other clients do.
     *
     * @param api the API of the request that it answers
     * @param version the version of the request that it answers
     * @param frame the response without its size, whose position does not move
     * @throws MalformedMessageException if it is not such a response
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
     * Writes a response.
     *
     * @param version the version of the request that it answers, but 0 for an ApiVersions request of an unknown one
     * @throws IllegalArgumentException if the version is not served, or cannot express the response
     * @throws IllegalStateException if it is over 100 MiB besides records, or over 2 GiB with them
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

    /** A client reads an ApiVersions response before it knows which versions the broker speaks. */
    private static boolean isHeaderFlexible(ApiKey api, short version) {
        return api != ApiKey.API_VERSIONS && api.flexible(version);
    }
}
