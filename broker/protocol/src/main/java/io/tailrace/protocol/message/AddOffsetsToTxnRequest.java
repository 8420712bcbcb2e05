package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;

/**
 * Adds the offsets of a group to a transaction: the partition of {@code __consumer_offsets} that stores them.
 *
 * @param transactionalId the transactional id
 * @param producerId the producer id
 * @param producerEpoch its epoch
 * @param groupId the group
 */
public record AddOffsetsToTxnRequest(String transactionalId, long producerId, short producerEpoch, String groupId)
        implements Request<AddOffsetsToTxnResponse> {
    @Override
    public ApiKey api() {
        return ApiKey.ADD_OFFSETS_TO_TXN;
    }
}
