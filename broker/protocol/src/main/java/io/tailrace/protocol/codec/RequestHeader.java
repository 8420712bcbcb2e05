package io.tailrace.protocol.codec;

import io.tailrace.protocol.ApiKey;
import org.jspecify.annotations.Nullable;

/**
 * The header of a request: version 2 in flexible versions of an API, else version 1.
 *
 * @param api the API
 * @param version the API's version; must be advertised
 * @param correlationId the response must repeat it
 * @param clientId the client's name for itself; null for none
 */
public record RequestHeader(
        ApiKey api,
        short version,
        int correlationId,
        @Nullable String clientId) {

    /** Never compact, not even in a header with tagged fields. */
    private static final ReferenceType CLIENT_ID = new ReferenceType.OfString(false, true);

    static RequestHeader read(MessageReader in) {
        RequestStart start = RequestStart.read(in);
        ApiKey api = ApiKey.of(start.apiKey())
                .orElseThrow(() -> new MalformedMessageException("unknown API " + start.apiKey()));
        short version = start.apiVersion();
        if (!api.advertised().contains(version)) {
            throw new MalformedMessageException(
                    "version of " + api + ": expected " + api.advertised() + ", found " + version);
        }
        @Nullable String clientId;
        try {
            clientId = readClientId(in);
            if (api.flexible(version)) {
                in.skipTaggedFields();
            }
        } catch (MalformedMessageException e) {
            throw e.within("header of " + api + " v" + version);
        }
        return new RequestHeader(api, version, start.correlationId(), clientId);
    }

    static @Nullable String readClientId(MessageReader in) {
        return (String) CLIENT_ID.readObject(in);
    }

    void write(MessageWriter out) {
        out.int16(api.number());
        out.int16(version);
        out.int32(correlationId);
        CLIENT_ID.writeObject(clientId, out);
        if (api.flexible(version)) {
            out.unsignedVarint(0);
        }
    }
}
