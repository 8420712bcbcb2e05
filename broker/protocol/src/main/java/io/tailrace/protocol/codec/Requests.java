package io.tailrace.protocol.codec;

import io.tailrace.protocol.message.Request;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Encodes and decodes requests. */
public final class Requests {
    private Requests() {}

    /**
     * A decoded request.
     *
     * @param header its header
     * @param body its body; records are slices of the frame
     */
    public record Received(RequestHeader header, Request<?> body) {}

    /**
     * Decodes a request. Ignores bytes after its end, as other brokers do.
     *
     * <p>An ApiVersions request of an unknown version needs a response too, so check {@link RequestStart} first.
     *
     * @param frame the request without its size, whose position does not move
     * @throws MalformedMessageException if the frame is not a request in a served version
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
     * Encodes a request.
     *
     * @throws IllegalArgumentException if the version is not served or cannot express the request
     * @throws IllegalStateException if the request is over 100 MiB without records, or over 2 GiB with them
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
