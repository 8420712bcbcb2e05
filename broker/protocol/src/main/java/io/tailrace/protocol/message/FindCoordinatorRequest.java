package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import java.util.List;

/**
 * Asks for the coordinator of a group or transaction: of one {@code key}, or from version 4 of several.
 *
 * @param key the group or transactional id
 * @param keyType {@link #GROUP} or {@link #TRANSACTION}
 * @param coordinatorKeys the group or transactional ids
 */
public record FindCoordinatorRequest(
        @Until(3) String key,
        @Since(1) byte keyType,
        @Since(4) List<String> coordinatorKeys) implements Request<FindCoordinatorResponse> {

    /** The key is a consumer group. */
    public static final byte GROUP = 0;

    /** The key is a transactional id. */
    public static final byte TRANSACTION = 1;

    @Override
    public ApiKey api() {
        return ApiKey.FIND_COORDINATOR;
    }
}
