package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which brokers coordinate: the one asked for by key, or from version 4 a list.
 *
 * @param throttleTimeMs how long the client should pause for a quota's sake
 * @param errorCode what went wrong with the one
 * @param errorMessage what went wrong, for people; null for nothing to add
 * @param nodeId the coordinator's broker id; -1 for none
 * @param host its host as advertised
 * @param port its port as advertised; -1 for none
 * @param coordinators the coordinators by key
 */
public record FindCoordinatorResponse(
        @Since(1) int throttleTimeMs,
        @Until(3) ErrorCode errorCode,
        @Since(1) @Until(3) @Default("") @Nullable String errorMessage,
        @Until(3) int nodeId,
        @Until(3) String host,
        @Until(3) int port,
        @Since(4) List<Coordinator> coordinators)
        implements Response {
    @Override
    public ApiKey api() {
        return ApiKey.FIND_COORDINATOR;
    }

    /**
     * A coordinator.
     *
     * @param key what it coordinates
     * @param nodeId its broker id; -1 for none
     * @param host its host as advertised
     * @param port its port as advertised; -1 for none
     * @param errorCode what went wrong
     * @param errorMessage what went wrong, for people; null for nothing to add
     */
    public record Coordinator(
            String key,
            int nodeId,
            String host,
            int port,
            ErrorCode errorCode,
            @Nullable String errorMessage) {}
}
