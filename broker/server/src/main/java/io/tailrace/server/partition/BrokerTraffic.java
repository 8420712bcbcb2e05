package io.tailrace.server.partition;

import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.Map;

/**
 * The counts of all topics, and of each topic that has open partitions. The partitions of a topic share its counts, which are
 * dropped with the topic's last partition. Thread-safe.
 */
public final class BrokerTraffic {
    private final TopicTraffic all = new TopicTraffic();

    /** Guarded by this object's monitor. */
    private final Map<String, WeakReference<TopicTraffic>> topics = new HashMap<>();

    /** Counts of all topics together, unknown ones included. */
    public TopicTraffic all() {
        return all;
    }

    /** The counts of a topic, for a partition to keep. */
    synchronized TopicTraffic topic(String name) {
        WeakReference<TopicTraffic> known = topics.get(name);
        TopicTraffic traffic = known == null ? null : known.get();
        if (traffic == null) {
            topics.values().removeIf(each -> each.get() == null);
            traffic = new TopicTraffic(all);
            topics.put(name, new WeakReference<>(traffic));
        }
        return traffic;
    }
}
