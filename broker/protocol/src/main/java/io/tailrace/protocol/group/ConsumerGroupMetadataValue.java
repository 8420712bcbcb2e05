package io.tailrace.protocol.group;

import io.tailrace.protocol.message.Tagged;

/**
 * The epoch of a group of the consumer protocol.
 *
 * @param epoch the epoch
 * @param metadataHash a hash of the partitions of the subscribed topics; 0 if not known
 */
public record ConsumerGroupMetadataValue(
        int epoch, @Tagged(0) long metadataHash) implements GroupRecordValue {
    @Override
    public short type() {
        return 3;
    }
}
