package io.tailrace.protocol.codec;

import io.tailrace.protocol.message.Request;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Requests to and from bytes. */
public final class Requests {
    private Requests() {}

    /**
     * A request as it was received.
     *
     * @param header what came before it
     * @param body the request, with records that are slices of the frame
     */
    public record Received(RequestHeader header, Request<?> body) {}

    /**
     * Reads a request. Bytes after its end are ignored, as other brokers do.
     *
     * <p>An ApiVersions request of an unknown version wants an answer all the same, so look at {@link
     * RequestStart} first.
     *
     * @param frame the request without its size, whose position does not move
     * @throws MalformedMessageException if it is not a request that is served
     */
    public static Received decode(ByteBuffer frame) {
        MessageReader in = new MessageReader(frame);
        RequestHeader header = RequestHeader.read(in);
        try {
            Record body =
                    MessageCatalog.request(header.api()).at(header.version()).readObject(in);
            return new Received(header, (Request<?>) body);
        } catch (MalformedMessageException e) {
            throw e.within(header.api() + " v" + header.version() + " request");
        }
    }

    /**
     * Writes a request.
     *
     * @throws IllegalArgumentException if the version is not served, or cannot express the request
     * @throws IllegalStateException if it is over 100 MiB besides records, or over 2 GiB with them
     */
    public static EncodedMessage encode(Request<?> body, short version, int correlationId, @Nullable String clientId) {
        StructType layout = MessageCatalog.request(body.api()).at(version);
        MessageWriter out = new MessageWriter();
        out.int32(0);
        new RequestHeader(body.api(), version, correlationId, clientId).write(out);
        layout.writeObject(body, out);
        return out.finish();
    }
}
