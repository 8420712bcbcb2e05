package io.tailrace.groups;

import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * The rules' view of the cluster. Immutable; a newer one replaces it as a {@linkplain io.tailrace.shard.Change change that is not
 * stored}.
 */
public interface ClusterSnapshot {
    /** Increases when topics, partitions or racks change. */
    long version();

    /** A topic; empty if it does not exist. */
    Optional<Topic> topic(String name);

    /** Like {@link #topic(String)}. */
    Optional<Topic> topic(UUID id);

    /**
     * Whether a topic exists, or may exist because its state in ZooKeeper could not be read. Offsets of such a topic are kept.
     */
    default boolean mayExist(String name) {
        return topic(name).isPresent();
    }

    /** The names of all topics, for regular expressions. */
    Collection<String> topicNames();

    /** A topic that exists. */
    interface Topic {
        /** Its name. */
        String name();

        /** Its id. */
        UUID id();

        /** The number of its partitions. */
        int partitions();

        /** The racks of the brokers that replicate a partition; empty if unknown. */
        Set<String> racks(int partition);
    }
}
