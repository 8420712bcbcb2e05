package io.tailrace.protocol;

/**
 * One partition of a topic.
 *
 * @param topic the topic's name
 * @param partition zero-based index of the partition
 */
public record TopicPartition(String topic, int partition) implements Comparable<TopicPartition> {
    public TopicPartition {
        if (partition < 0) {
            throw new IllegalArgumentException(
                    "partition of topic " + topic + ": expected at least 0, found " + partition);
        }
    }

    @Override
    public int compareTo(TopicPartition other) {
        int byTopic = topic.compareTo(other.topic);
        return byTopic != 0 ? byTopic : Integer.compare(partition, other.partition);
    }

    /** The partition's name in log directories and log lines: {@code topic-partition}. */
    @Override
    public String toString() {
        return topic + "-" + partition;
    }
}
