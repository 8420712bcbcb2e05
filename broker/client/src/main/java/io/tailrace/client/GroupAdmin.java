package io.tailrace.client;

import io.tailrace.protocol.TopicPartition;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Groups, their offsets, and the offsets from which lag is computed. Unlike in {@link Admin}, a lookup of many partitions has a
 * result for each, so that a partition without a leader does not hide the others.
 *
 * <p>Thread-safe. Every call waits for its answer, for up to the request timeout. A call that fails throws a
 * {@link ClientException} with the broker's error code.
 */
public interface GroupAdmin extends AutoCloseable {
    /** The time that stands for the first offset, in {@link #offsets}. */
    long EARLIEST = -2;

    /** The time that stands for the high watermark, in {@link #offsets}. */
    long LATEST = -1;

    /** Creates an admin client. Connects with the first call. */
    static GroupAdmin create(ClientConfig config) {
        return new BrokerGroupAdmin(config);
    }

    /** All groups that have members or offsets, sorted by name. Fails unless every live broker answers. */
    List<GroupListing> groups();

    /** A group and its members; in state {@link GroupDescription#DEAD} if it does not exist. */
    GroupDescription describe(String group);

    /** All committed offsets of a group (exclusive: the next to be read); empty if the group is unknown. */
    Map<TopicPartition, Long> committed(String group);

    /** Commits offsets for a group without members. */
    void commit(String group, Map<TopicPartition, Long> offsets);

    /** Deletes a group without members, with its offsets. */
    void delete(String group);

    /** The settings of a group, defaults included. A group that does not exist can have settings, too. */
    List<ConfigEntry> config(String group);

    /**
     * Changes settings of a group, all of them or none.
     *
     * @param changes values by key; an empty value removes the setting, so that the brokers' default applies again
     */
    void configure(String group, Map<String, Optional<String>> changes);

    /** The number of partitions of each topic; topics that do not exist are absent. */
    Map<String, Integer> partitionCounts(Collection<String> topics);

    /**
     * The first offset at a time or later, of each partition.
     *
     * @param timesMs times since the epoch, {@link #EARLIEST} or {@link #LATEST}
     */
    Map<TopicPartition, PartitionOffset> offsets(Map<TopicPartition, Long> timesMs);

    /**
     * The timestamps of the first records at these offsets or above, in milliseconds since the epoch. A partition is absent if it
     * has no such record or did not answer.
     */
    Map<TopicPartition, Long> timestampsMs(Map<TopicPartition, Long> offsets);

    @Override
    void close();
}
