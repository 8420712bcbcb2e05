package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import java.util.List;

/**
 * The results of {@link TxnOffsetCommitRequest}.
 *
 * @param throttleTimeMs how long the client must wait because it exceeded a quota
 * @param topics the results by topic
 */
public record TxnOffsetCommitResponse(int throttleTimeMs, List<OffsetCommitResponse.Topic> topics) implements Response {
    @Override
    public ApiKey api() {
        return ApiKey.TXN_OFFSET_COMMIT;
    }
}
