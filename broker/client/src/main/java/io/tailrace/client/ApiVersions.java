package io.tailrace.client;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.VersionRange;
import io.tailrace.protocol.codec.Responses;
import io.tailrace.protocol.message.ApiVersionsRequest;
import io.tailrace.protocol.message.ApiVersionsResponse;
import io.tailrace.protocol.message.Request;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Supplier;

/** The versions of each API that a broker supports, and the highest version that both sides support. */
final class ApiVersions {
    /** Says which client asks. */
    static final ApiVersionsRequest REQUEST = new ApiVersionsRequest("tailrace", "0.1");

    private static final short HIGHEST = ApiKey.API_VERSIONS.served().max();

    private final Map<ApiKey, ApiVersionsResponse.Api> spoken = new EnumMap<>(ApiKey.class);

    private ApiVersions(ApiVersionsResponse response) {
        for (ApiVersionsResponse.Api api : response.apiKeys()) {
            ApiKey.of(api.apiKey()).ifPresent(known -> spoken.put(known, api));
        }
    }

    /** Writes a request, and reads the frame that answers it. */
    interface Exchange {
        ByteBuffer ask(Request<?> request, short version) throws IOException;
    }

    /**
     * Asks in the highest version that this client supports. A broker that does not support it answers in version 0, and
     * is then asked again in version 0 (KIP-511).
     */
    static ApiVersions ask(Exchange exchange) throws IOException {
        ByteBuffer frame = exchange.ask(REQUEST, HIGHEST);
        short version = HIGHEST;
        if (errorOf(frame) == ErrorCode.UNSUPPORTED_VERSION) {
            version = 0;
            frame = exchange.ask(REQUEST, version);
        }
        ApiVersionsResponse response = (ApiVersionsResponse) Responses.decode(ApiKey.API_VERSIONS, version, frame);
        if (response.errorCode() != ErrorCode.NONE) {
            throw new ClientException(
                    response.errorCode(), "the broker does not report its API versions: " + response.errorCode());
        }
        return new ApiVersions(response);
    }

    /** In every version, the error follows the correlation id. */
    private static ErrorCode errorOf(ByteBuffer frame) {
        return frame.remaining() < Integer.BYTES + Short.BYTES
                ? ErrorCode.NONE
                : ErrorCode.of(frame.getShort(frame.position() + Integer.BYTES));
    }

    /**
     * The version to use.
     *
     * @throws ClientException if the two have none in common
     */
    short versionOf(Request<?> request, Supplier<String> broker) {
        ApiKey api = request.api();
        ApiVersionsResponse.Api theirs = spoken.get(api);
        VersionRange ours = new VersionRange(api.served().min(), request.sentVersionMax());
        if (theirs != null && theirs.maxVersion() >= ours.min() && theirs.minVersion() <= ours.max()) {
            return (short) Math.min(theirs.maxVersion(), ours.max());
        }
        throw new ClientException(
                ErrorCode.UNSUPPORTED_VERSION,
                broker.get() + " supports " + api + " in versions "
                        + (theirs == null ? "none" : theirs.minVersion() + "-" + theirs.maxVersion())
                        + ", this client in versions " + ours);
    }
}
