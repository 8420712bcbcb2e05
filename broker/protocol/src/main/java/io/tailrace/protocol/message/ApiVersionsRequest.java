package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;

/**
 * Asks which APIs and versions the broker supports. The first request of a connection.
 *
 * @param clientSoftwareName the client library's name
 * @param clientSoftwareVersion the client library's version
 */
public record ApiVersionsRequest(
        @Since(3) String clientSoftwareName, @Since(3) String clientSoftwareVersion)
        implements Request<ApiVersionsResponse> {
    @Override
    public ApiKey api() {
        return ApiKey.API_VERSIONS;
    }
}
