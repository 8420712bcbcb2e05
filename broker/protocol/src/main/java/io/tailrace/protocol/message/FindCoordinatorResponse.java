package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Coordinators: of the one key requested, or from version 4 a list.
 *
 * @param throttleTimeMs how long the client must wait because it exceeded a quota
 * @param errorCode the error of the one lookup
 * @param errorMessage describes the error; null for nothing to add
 * @param nodeId the coordinator's broker id; -1 for none
 * @param host the advertised host
 * @param port the advertised port; -1 for none
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
     * @param key the group or transactional id
     * @param nodeId its broker id; -1 for none
     * @param host the advertised host
     * @param port the advertised port; -1 for none
     * @param errorCode the error
     * @param errorMessage describes the error; null for nothing to add
     */
    public record Coordinator(
            String key,
            int nodeId,
            String host,
            int port,
            ErrorCode errorCode,
            @Nullable String errorMessage) {}
}
