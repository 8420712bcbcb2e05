package io.tailrace.protocol.codec;

import io.tailrace.protocol.ApiKey;
import org.jspecify.annotations.Nullable;

/**
 * What goes before a request: version 2 of the header in flexible versions of an API, else version 1.
 *
 * @param api the API
 * @param version the API's version, one that is served
 * @param correlationId what the answer must repeat
 * @param clientId the client's name for itself; null if it has none
 */
public record RequestHeader(
        ApiKey api,
        short version,
        int correlationId,
        @Nullable String clientId) {

    /** The client's id is never compact, not even in a header with tagged fields. */
    private static final ReferenceType CLIENT_ID = new ReferenceType.OfString(false, true);

    static RequestHeader read(MessageReader in) {
        RequestStart start = RequestStart.read(in);
        ApiKey api = ApiKey.of(start.apiKey())
                .orElseThrow(() -> new MalformedMessageException("API " + start.apiKey() + " is not known"));
        short version = start.apiVersion();
        if (!api.served().contains(version)) {
            throw new MalformedMessageException(api + " is served in versions " + api.served() + ", not in " + version);
        }
        String clientId;
        try {
            clientId = (String) CLIENT_ID.readObject(in);
            if (api.flexible(version)) {
                in.skipTaggedFields();
            }
        } catch (MalformedMessageException e) {
            throw e.within("header of " + api + " v" + version);
        }
        return new RequestHeader(api, version, start.correlationId(), clientId);
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
