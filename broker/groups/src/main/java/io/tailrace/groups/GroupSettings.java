package io.tailrace.groups;

/**
 * The settings of groups. A newer version replaces it as a {@linkplain io.tailrace.shard.Change change that is not stored}.
 *
 * @param classic of the classic protocol
 */
public record GroupSettings(ClassicSettings classic) {
    /** Apache Kafka's defaults. */
    public static GroupSettings defaults() {
        return new GroupSettings(ClassicSettings.defaults());
    }
}
