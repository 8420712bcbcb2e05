package io.tailrace.client;

import io.tailrace.protocol.TopicPartition;
import java.util.Set;

/**
 * Notified when a group gives or takes partitions. Called by the polling thread, within {@link GroupConsumer#poll},
 * {@link GroupConsumer#unsubscribe} and {@link GroupConsumer#close}. An exception of the listener ends that call.
 */
public interface RebalanceListener {
    /** Does nothing. */
    RebalanceListener NONE = new RebalanceListener() {};

    /** The consumer will read these partitions too. */
    default void assigned(Set<TopicPartition> partitions) {}

    /**
     * The consumer will no longer read these partitions. Until this returns, the consumer still owns them and can commit their
     * offsets.
     */
    default void revoked(Set<TopicPartition> partitions) {}

    /** The group has removed this consumer, so other members may already read these partitions. Offsets cannot be committed. */
    default void lost(Set<TopicPartition> partitions) {}
}
