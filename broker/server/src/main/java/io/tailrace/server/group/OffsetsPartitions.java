package io.tailrace.server.group;

import io.tailrace.replication.cluster.ClusterImage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The number of partitions of {@code __consumer_offsets}. Taken from the topic, so that all brokers find the same coordinator of
 * a group even if their settings differ; the setting counts only until the topic exists. Thread-safe.
 */
public final class OffsetsPartitions implements IntSupplier {
    private static final Logger LOG = LoggerFactory.getLogger(OffsetsPartitions.class);

    private final Supplier<ClusterImage> cluster;
    private final int configured;

    /** The topic's number when it was last seen. An image may lack the topic because its state could not be read. */
    private final AtomicInteger last;

    /** @param configured {@code offsets.topic.num.partitions} of this broker */
    public OffsetsPartitions(Supplier<ClusterImage> cluster, int configured) {
        this.cluster = cluster;
        this.configured = configured;
        this.last = new AtomicInteger(configured);
    }

    @Override
    public int getAsInt() {
        return cluster.get()
                .topic(GroupCoordinator.TOPIC)
                .map(topic -> seen(topic.partitions().size()))
                .orElseGet(last::get);
    }

    private int seen(int partitions) {
        if (last.getAndSet(partitions) != partitions && partitions != configured) {
            LOG.warn(
                    "offsets.topic.num.partitions differs from the partitions of {} and has no effect: {}, the topic has {}",
                    GroupCoordinator.TOPIC,
                    configured,
                    partitions);
        }
        return partitions;
    }
}
