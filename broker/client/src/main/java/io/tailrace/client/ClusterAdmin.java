package io.tailrace.client;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What an operator does beyond an {@link Admin}: settings, and where replicas and leaders are. As thread-safe. */
public interface ClusterAdmin extends Admin {

    /** Creates an admin client. Connects with the first call. */
    static ClusterAdmin create(ClientConfig config) {
        return new BrokerAdmin(config);
    }

    /**
     * Changes settings of a topic, all of them or none.
     *
     * @param changes values by key; an empty one takes a setting back, so that the default holds again
     */
    void configureTopic(String topic, Map<String, Optional<String>> changes);

    /** Changes settings of a broker that can be changed while it runs; otherwise as {@link #configureTopic}. */
    void configureBroker(int broker, Map<String, Optional<String>> changes);

    /** The partitions that are on their way to other brokers. */
    Map<TopicPartition, Reassignment> reassignments();

    /**
     * Has partitions moved to these brokers, preferred leader first, and returns before they are there. What is under way to
     * others is redirected.
     */
    void reassign(Map<TopicPartition, List<Integer>> replicas);

    /** Has partitions stay with the brokers they were on. It is no error if nothing is under way any more. */
    void cancelReassignments(Collection<TopicPartition> partitions);

    /**
     * Has the first replica of each partition lead, if it is in sync.
     *
     * @return by partition NONE, ELECTION_NOT_NEEDED if it led before, or why it does not lead now
     */
    Map<TopicPartition, ErrorCode> electPreferredLeaders(Collection<TopicPartition> partitions);

    /** Where a broker keeps its logs. */
    List<LogDirectory> logDirectories(int broker);
}
