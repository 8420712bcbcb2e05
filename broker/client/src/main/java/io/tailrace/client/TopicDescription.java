package io.tailrace.client;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;

/**
 * A topic and its partitions.
 *
 * @param name the topic's name
 * @param id its id, which changes if it is deleted and created again; empty if the brokers have none (before Kafka 2.8)
 * @param internal whether it is internal to the cluster
 * @param partitions its partitions, in order of their numbers from 0
 */
public record TopicDescription(String name, Optional<UUID> id, boolean internal, List<Partition> partitions) {

    /**
     * One partition.
     *
     * @param partition its number
     * @param leader the leader's broker id, or empty while there is no leader
     * @param leaderEpoch the leader's epoch
     * @param replicas the brokers that hold it, preferred leader first
     * @param isr the replicas in sync
     * @param offline the replicas whose broker is down or cannot use the log
     */
    public record Partition(
            int partition,
            OptionalInt leader,
            int leaderEpoch,
            List<Integer> replicas,
            List<Integer> isr,
            List<Integer> offline) {}
}
