package io.tailrace.client;

import java.util.List;
import java.util.OptionalInt;

/**
 * A topic and its partitions.
 *
 * @param name the topic's name
 * @param internal whether the cluster keeps it for itself
 * @param partitions by partition number, from 0
 */
public record TopicDescription(String name, boolean internal, List<Partition> partitions) {

    /**
     * One partition.
     *
     * @param partition its number
     * @param leader the broker that leads it, or empty while none does
     * @param leaderEpoch the leader's epoch
     * @param replicas the brokers that hold it, preferred leader first
     * @param isr the replicas in sync
     * @param offline the replicas whose broker is not up, or cannot use the log
     */
    public record Partition(
            int partition,
            OptionalInt leader,
            int leaderEpoch,
            List<Integer> replicas,
            List<Integer> isr,
            List<Integer> offline) {}
}
