package io.tailrace.groups;

/**
 * The settings of groups. A newer version replaces it as a {@linkplain io.tailrace.shard.Change change that is not stored}.
 *
 * @param classic settings of the classic protocol
 * @param consumer settings of the consumer protocol
 * @param offsets settings of committed offsets
 */
public record GroupSettings(ClassicSettings classic, ConsumerSettings consumer, OffsetSettings offsets) {
    /** Apache Kafka's defaults. */
    public static GroupSettings defaults() {
        return new GroupSettings(ClassicSettings.defaults(), ConsumerSettings.defaults(), OffsetSettings.defaults());
    }
}
