package io.tailrace.server.api;

import java.util.Set;

/** Topics that are the cluster's own. */
public final class InternalTopics {
    /** The topic that keeps committed offsets. */
    public static final String CONSUMER_OFFSETS = "__consumer_offsets";

    private static final Set<String> ALL = Set.of(CONSUMER_OFFSETS);

    private InternalTopics() {}

    /** Whether clients may read but not write the topic. */
    public static boolean isInternal(String topic) {
        return ALL.contains(topic);
    }
}
