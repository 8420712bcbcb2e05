package io.tailrace.loader.run;

import io.tailrace.client.Admin;
import io.tailrace.client.IsolationLevel;
import io.tailrace.client.LogEnd;
import io.tailrace.client.TopicDescription;
import io.tailrace.loader.commit.Manifest;
import io.tailrace.loader.commit.PartitionProgress;
import io.tailrace.loader.plan.OffsetRange;
import io.tailrace.protocol.TopicPartition;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A topic as brokers report it.
 *
 * @param name the topic's name
 * @param id its id, empty if the brokers have none
 * @param logs its logs by partition number
 */
public record BrokerTopic(String name, Optional<UUID> id, SortedMap<Integer, Log> logs) {

    /**
     * A partition's log.
     *
     * @param startOffset log start offset, inclusive
     * @param endOffset where records are decided up to, exclusive: the last stable offset
     * @param leaderEpoch the leader's epoch, -1 if unknown
     * @param historyEnd end of what the log still has as it was loaded, exclusive: below the end of the loaded offsets if records
     *     were cut off after they were loaded; {@link Long#MAX_VALUE} if nothing is known
     */
    public record Log(long startOffset, long endOffset, int leaderEpoch, long historyEnd) {}

    /**
     * Asks the brokers.
     *
     * @param last the newest commit, whose leader epochs the logs are compared with
     */
    static BrokerTopic read(Admin admin, String name, Optional<Manifest> last) {
        TopicDescription description = describe(admin, name);
        List<TopicPartition> partitions = description.partitions().stream()
                .map(partition -> new TopicPartition(name, partition.partition()))
                .sorted()
                .toList();
        // Log start offsets first: retention may move them in between, but never past an end offset read later.
        Map<TopicPartition, Long> starts = admin.earliestOffsets(partitions);
        Map<TopicPartition, LogEnd> ends = admin.logEnds(partitions, IsolationLevel.READ_COMMITTED);
        Map<TopicPartition, Integer> epochs = new HashMap<>();
        for (TopicPartition partition : partitions) {
            last.map(manifest -> manifest.partitions().get(partition.partition()))
                    .filter(progress -> progress.leaderEpoch() != PartitionProgress.UNKNOWN_EPOCH)
                    .ifPresent(progress -> epochs.put(partition, progress.leaderEpoch()));
        }
        Map<TopicPartition, Long> histories = admin.epochEnds(epochs);
        SortedMap<Integer, Log> logs = new TreeMap<>();
        for (TopicPartition partition : partitions) {
            LogEnd end = known(ends.get(partition), partition);
            long historyEnd = epochs.containsKey(partition) ? histories.getOrDefault(partition, 0L) : Long.MAX_VALUE;
            logs.put(
                    partition.partition(),
                    new Log(known(starts.get(partition), partition), end.offset(), end.leaderEpoch(), historyEnd));
        }
        return new BrokerTopic(name, description.id(), logs);
    }

    /**
     * Asks the brokers for the topic that was loaded.
     *
     * @param last the newest commit
     * @throws TopicReplacedException if the brokers have another topic or log
     */
    public static BrokerTopic readLoaded(Admin admin, Manifest last) {
        BrokerTopic brokers = read(admin, last.topic().name(), Optional.of(last));
        TopicSeries.of(Optional.of(last), brokers, false);
        return brokers;
    }

    private static TopicDescription describe(Admin admin, String name) {
        TopicDescription description = admin.describe(Set.of(name)).get(name);
        if (description == null) {
            throw new IllegalStateException("brokers did not describe topic " + name);
        }
        return description;
    }

    private static <T> T known(@Nullable T offset, TopicPartition partition) {
        if (offset == null) {
            throw new IllegalStateException("brokers did not return the offsets of " + partition);
        }
        return offset;
    }

    /**
     * Checks that the records of some ranges, which were read since, came from these logs.
     *
     * @throws TopicReplacedException if the topic was created again meanwhile, or records were cut off
     */
    public void verifyUnchanged(Admin admin, List<OffsetRange> ranges) {
        Map<TopicPartition, Integer> epochs = new HashMap<>();
        for (OffsetRange range : ranges) {
            Log log = logs.get(range.topicPartition().partition());
            if (log != null && log.leaderEpoch() != PartitionProgress.UNKNOWN_EPOCH) {
                epochs.put(range.topicPartition(), log.leaderEpoch());
            }
        }
        // The id last: records that were read before the topic was created again cannot count under the new id.
        Map<TopicPartition, Long> ends = admin.epochEnds(epochs);
        Optional<UUID> idNow = describe(admin, name).id();
        if (!idNow.equals(id)) {
            throw TopicReplacedException.meanwhile("topic " + name + " was deleted and created again");
        }
        for (OffsetRange range : ranges) {
            long end = epochs.containsKey(range.topicPartition())
                    ? ends.getOrDefault(range.topicPartition(), 0L)
                    : Long.MAX_VALUE;
            if (end < range.to()) {
                throw TopicReplacedException.meanwhile(
                        "records of " + range.topicPartition() + " from offset " + end + " on were cut off its log");
            }
        }
    }
}
