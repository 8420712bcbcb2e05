package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whose settings were changed.
 *
 * @param throttleTimeMs how long the client should pause for a quota's sake
 * @param responses the answers by topic or broker
 */
public record IncrementalAlterConfigsResponse(int throttleTimeMs, List<Resource> responses) implements Response {
    @Override
    public ApiKey api() {
        return ApiKey.INCREMENTAL_ALTER_CONFIGS;
    }

    /**
     * The answer for a topic or a broker.
     *
     * @param errorCode what went wrong; all settings named for it were taken, or none
     * @param errorMessage what went wrong, for people; null for nothing to add
     * @param resourceType as in the request
     * @param resourceName as in the request
     */
    public record Resource(
            ErrorCode errorCode, @Nullable String errorMessage, byte resourceType, String resourceName) {}
}
