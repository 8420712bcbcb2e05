package io.tailrace.protocol.codec;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.message.Request;
import io.tailrace.protocol.message.Response;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A request or response of an API in one version. */
record Kind(ApiKey api, boolean request, short version) {

    static List<Kind> all() {
        List<Kind> all = new ArrayList<>();
        for (ApiKey api : ApiKey.values()) {
            for (short version = api.served().min(); version <= api.served().max(); version++) {
                all.add(new Kind(api, true, version));
                all.add(new Kind(api, false, version));
            }
        }
        return all;
    }

    Class<? extends Record> type() {
        return (request ? MessageCatalog.request(api) : MessageCatalog.response(api)).type();
    }

    /** Encodes a message with our codec, without its size. */
    ByteBuffer encode(Record body, int correlationId, @Nullable String clientId) {
        EncodedMessage encoded = request
                ? Requests.encode((Request<?>) body, version, correlationId, clientId)
                : Responses.encode((Response) body, version, correlationId);
        ByteBuffer frame = joined(encoded);
        if (frame.getInt() != frame.remaining()) {
            throw new AssertionError(this + ": the size is not that of the frame");
        }
        return frame.slice();
    }

    /** Decodes a frame with our codec. */
    Record decode(ByteBuffer frame) {
        return (Record) (request ? Requests.decode(frame).body() : Responses.decode(api, version, frame));
    }

    static ByteBuffer joined(EncodedMessage encoded) {
        ByteBuffer joined = ByteBuffer.allocate(encoded.sizeInBytes());
        for (ByteBuffer part : encoded.buffers()) {
            joined.put(Objects.requireNonNull(part));
        }
        return joined.flip();
    }

    @Override
    public String toString() {
        return api + (request ? " request v" : " response v") + version;
    }
}
