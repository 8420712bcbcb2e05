package io.tailrace.protocol.group;

/**
 * The key of a generation of the classic protocol.
 *
 * @param group the group
 */
public record GroupMetadataKey(String group) implements GroupRecordKey {
    @Override
    public short type() {
        return 2;
    }
}
