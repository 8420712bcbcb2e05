package io.tailrace.loader.run;

import io.tailrace.loader.commit.LoadedTopic;
import io.tailrace.loader.commit.Manifest;
import io.tailrace.loader.plan.PartitionBounds;
import io.tailrace.protocol.TopicPartition;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which series of a topic a run loads, and from which offsets: the one that was loaded before, or the next one if the brokers have
 * another log by now and the user accepts that. A pure function of what was loaded and of what brokers report.
 *
 * @param topic the topic, with its id and series
 * @param isNew whether no commit has this series yet
 * @param bounds the offsets of each partition
 */
record TopicSeries(LoadedTopic topic, boolean isNew, List<PartitionBounds> bounds) {

    /**
     * Compares what was loaded with what brokers have.
     *
     * @param accept whether another topic or log than the loaded one is accepted
     * @throws TopicReplacedException if it is another one and {@code accept} is false
     */
    static TopicSeries of(Optional<Manifest> last, BrokerTopic now, boolean accept) {
        if (last.isEmpty()) {
            return new TopicSeries(
                    new LoadedTopic(now.name(), now.id(), 0), true, bounds(now, partition -> OptionalLong.empty()));
        }
        LoadedTopic loaded = last.get().topic();
        boolean areIdsKnown = loaded.id().isPresent() && now.id().isPresent();
        if (areIdsKnown && !loaded.id().equals(now.id())) {
            if (!accept) {
                throw TopicReplacedException.recreated("topic " + now.name()
                        + " was deleted and created again after it was loaded: expected topic id "
                        + loaded.id().get() + ", found " + now.id().get());
            }
            return fromTheFirstRecord(loaded, now);
        }
        SortedMap<Integer, Long> ends = last.get().endOffsets();
        Optional<String> difference = difference(ends, now);
        if (difference.isEmpty()) {
            LoadedTopic topic = new LoadedTopic(now.name(), now.id().or(loaded::id), loaded.series());
            return new TopicSeries(
                    topic, false, bounds(now, partition -> OptionalLong.of(ends.getOrDefault(partition, 0L))));
        }
        if (!areIdsKnown) {
            if (!accept) {
                throw TopicReplacedException.recreated(
                        "topic " + now.name() + " may have been deleted and created again: " + difference.get());
            }
            return fromTheFirstRecord(loaded, now);
        }
        if (!accept) {
            throw TopicReplacedException.cut(difference.get());
        }
        SortedMap<Integer, Long> kept = new TreeMap<>(ends);
        now.logs().forEach((partition, log) -> kept.computeIfPresent(partition, (same, end) -> keptEnd(log, end)));
        return new TopicSeries(
                new LoadedTopic(now.name(), now.id(), loaded.series() + 1),
                true,
                bounds(now, partition -> OptionalLong.of(kept.getOrDefault(partition, 0L))));
    }

    private static TopicSeries fromTheFirstRecord(LoadedTopic loaded, BrokerTopic now) {
        return new TopicSeries(
                new LoadedTopic(now.name(), now.id(), loaded.series() + 1),
                true,
                bounds(now, partition -> OptionalLong.of(0)));
    }

    /** How the logs differ from what was loaded, in words. */
    private static Optional<String> difference(SortedMap<Integer, Long> ends, BrokerTopic now) {
        int loaded = ends.isEmpty() ? 0 : ends.lastKey() + 1;
        if (now.logs().size() < loaded) {
            return Optional.of("topic " + now.name() + " has " + now.logs().size() + " partitions, but " + loaded
                    + " were loaded");
        }
        for (var entry : now.logs().entrySet()) {
            long end = ends.getOrDefault(entry.getKey(), 0L);
            BrokerTopic.Log log = entry.getValue();
            String name = new TopicPartition(now.name(), entry.getKey()).toString();
            if (log.endOffset() < end) {
                return Optional.of(
                        "log of " + name + " ends at offset " + log.endOffset() + ", but was loaded up to " + end);
            }
            if (log.historyEnd() < end) {
                return Optional.of("log of " + name + " was loaded up to offset " + end
                        + ", but its records from offset " + log.historyEnd() + " on were cut off and replaced since");
            }
        }
        return Optional.empty();
    }

    private static long keptEnd(BrokerTopic.Log log, long end) {
        return Math.min(end, Math.min(log.historyEnd(), log.endOffset()));
    }

    @FunctionalInterface
    private interface CommittedEnd {
        OptionalLong of(int partition);
    }

    private static List<PartitionBounds> bounds(BrokerTopic now, CommittedEnd committedEnd) {
        List<PartitionBounds> bounds = new ArrayList<>();
        now.logs()
                .forEach((partition, log) -> bounds.add(new PartitionBounds(
                        new TopicPartition(now.name(), partition),
                        committedEnd.of(partition),
                        log.startOffset(),
                        log.endOffset())));
        return bounds;
    }
}
