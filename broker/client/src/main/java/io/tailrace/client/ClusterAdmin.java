package io.tailrace.client;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An {@link Admin} with calls for operators: settings, placement of replicas, election of leaders. Thread-safe. */
public interface ClusterAdmin extends Admin {
    /** Stands for the high watermark in {@link #deleteRecords}. */
    long ALL_RECORDS = -1;

    /** Creates an admin client. Connects with the first call. */
    static ClusterAdmin create(ClientConfig config) {
        return new BrokerAdmin(config);
    }

    /**
     * Changes settings of a topic, all of them or none.
     *
     * @param changes values by key; an empty value removes the setting, so that the default applies again
     */
    void configureTopic(String topic, Map<String, Optional<String>> changes);

    /** A broker's configuration, defaults included. */
    List<ConfigEntry> brokerConfig(int broker);

    /** Changes dynamic settings of a broker, all of them or none; an empty value removes a setting. */
    void configureBroker(int broker, Map<String, Optional<String>> changes);

    /**
     * Deletes the records below an offset of each partition, and waits until no in-sync replica has them.
     *
     * @param offsets exclusive, by partition; {@link #ALL_RECORDS} for the high watermark
     * @return the first offset that is left of each partition
     */
    Map<TopicPartition, Long> deleteRecords(Map<TopicPartition, Long> offsets);

    /** The reassignments in progress, by partition. */
    Map<TopicPartition, Reassignment> reassignments();

    /**
     * Starts to move partitions to these brokers, preferred leader first. Returns before they have moved. A reassignment
     * in progress is replaced.
     */
    void reassign(Map<TopicPartition, List<Integer>> replicas);

    /** Cancels reassignments. Partitions without a reassignment in progress are ignored. */
    void cancelReassignments(Collection<TopicPartition> partitions);

    /**
     * Elects the first replica of each partition as its leader, if it is in sync.
     *
     * @return by partition: NONE if it was elected, ELECTION_NOT_NEEDED if it was the leader already, or why it was not elected
     */
    Map<TopicPartition, ErrorCode> electPreferredLeaders(Collection<TopicPartition> partitions);

    /** The log directories of a broker. */
    List<LogDirectoryDescription> logDirectories(int broker);

    /**
     * Begins to move replicas to other log directories of their broker, and returns before they have moved.
     *
     * @param directories the absolute path of the directory for each replica on {@code broker}
     * @return by partition: NONE, also if the replica is there already; REPLICA_NOT_AVAILABLE if the broker has no such replica:
     *     it is created in that directory if it is assigned to the broker before the broker restarts; or why it does not move
     */
    Map<TopicPartition, ErrorCode> moveReplicas(int broker, Map<TopicPartition, String> directories);
}
