package io.tailrace.server.shard;

import io.tailrace.replication.cluster.ClusterImage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The number of partitions of an internal topic. Taken from the topic, so that all brokers find the same coordinator even if their
 * settings differ; the setting counts only until the topic exists. Thread-safe.
 */
public final class ShardCount implements IntSupplier {
    private static final Logger LOG = LoggerFactory.getLogger(ShardCount.class);

    private final Supplier<ClusterImage> cluster;
    private final String topic;
    private final String key;
    private final int configured;

    /** The topic's number when it was last seen. An image may lack the topic because its state could not be read. */
    private final AtomicInteger last;

    /**
     * @param key the setting
     * @param configured its value on this broker
     */
    public ShardCount(Supplier<ClusterImage> cluster, String topic, String key, int configured) {
        this.cluster = cluster;
        this.topic = topic;
        this.key = key;
        this.configured = configured;
        this.last = new AtomicInteger(configured);
    }

    @Override
    public int getAsInt() {
        return cluster.get()
                .topic(topic)
                .map(image -> seen(image.partitions().size()))
                .orElseGet(last::get);
    }

    private int seen(int partitions) {
        if (last.getAndSet(partitions) != partitions && partitions != configured) {
            LOG.warn(
                    "Setting differs from the partitions of its topic and has no effect: {}={}, {} has {}",
                    key,
                    configured,
                    topic,
                    partitions);
        }
        return partitions;
    }
}
