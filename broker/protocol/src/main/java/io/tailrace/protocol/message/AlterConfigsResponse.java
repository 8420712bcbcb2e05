package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The results of {@link AlterConfigsRequest}.
 *
 * @param throttleTimeMs how long the client must wait because it exceeded a quota
 * @param responses the results by topic or broker
 */
public record AlterConfigsResponse(int throttleTimeMs, List<Resource> responses) implements Response {
    @Override
    public ApiKey api() {
        return ApiKey.ALTER_CONFIGS;
    }

    /**
     * The result for a topic or a broker.
     *
     * @param errorCode the error; if any, none of the settings was changed
     * @param errorMessage describes the error; null for nothing to add
     * @param resourceType as in the request
     * @param resourceName as in the request
     */
    public record Resource(
            ErrorCode errorCode, @Nullable String errorMessage, byte resourceType, String resourceName) {}
}
