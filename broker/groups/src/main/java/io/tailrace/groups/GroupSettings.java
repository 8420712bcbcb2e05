package io.tailrace.groups;

/**
 * The settings of groups. A newer version replaces it as a {@linkplain io.tailrace.shard.Change change that is not stored}.
 *
 * @param classic of the classic protocol
 * @param offsets of committed offsets
 */
public record GroupSettings(ClassicSettings classic, OffsetSettings offsets) {
    /** Apache Kafka's defaults. */
    public static GroupSettings defaults() {
        return new GroupSettings(ClassicSettings.defaults(), OffsetSettings.defaults());
    }
}
