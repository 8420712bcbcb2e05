package io.tailrace.loader;

import io.tailrace.client.Admin;
import io.tailrace.client.ClusterDescription;
import io.tailrace.client.ConfigEntry;
import io.tailrace.client.Consumer;
import io.tailrace.client.ConsumerRecord;
import io.tailrace.client.NewTopic;
import io.tailrace.client.TopicDescription;
import io.tailrace.protocol.TopicPartition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Partitions in memory, and the clients that a loader reads them by. Not thread-safe while records are added. */
final class FakeCluster {
    private static final int POLL_RECORDS_MAX = 500;

    private static final class Log {
        final List<ConsumerRecord> records = new ArrayList<>();
        long startOffset;
        long endOffset;
    }

    private final Map<TopicPartition, Log> logs = new TreeMap<>();
    private final Map<TopicPartition, Long> groupOffsets = new ConcurrentHashMap<>();

    /** Adds a partition with nothing in it. */
    FakeCluster with(TopicPartition partition) {
        logs.put(partition, new Log());
        return this;
    }

    /** Appends a record, and returns its offset. */
    long append(TopicPartition partition, long timestampMs, byte @Nullable [] value) {
        Log log = log(partition);
        log.records.add(new ConsumerRecord(partition, log.endOffset, timestampMs, null, value, List.of()));
        return log.endOffset++;
    }

    /** Leaves an offset without a record, as compaction and transactions do. */
    void appendHole(TopicPartition partition) {
        log(partition).endOffset++;
    }

    /** Deletes records below an offset, as retention does. */
    void retainFrom(TopicPartition partition, long offset) {
        Log log = log(partition);
        log.startOffset = offset;
        log.records.removeIf(record -> record.offset() < offset);
    }

    /** Takes records off the end, as a topic that was made anew has lost them. */
    void truncateTo(TopicPartition partition, long offset) {
        Log log = log(partition);
        log.endOffset = offset;
        log.records.removeIf(record -> record.offset() >= offset);
    }

    /** What the loader's group has committed. */
    Map<TopicPartition, Long> groupOffsets() {
        return Map.copyOf(groupOffsets);
    }

    Admin admin() {
        return new FakeAdmin();
    }

    Consumer consumer() {
        return new FakeConsumer();
    }

    private Log log(TopicPartition partition) {
        Log log = logs.get(partition);
        if (log == null) {
            throw new IllegalStateException(partition + " does not exist");
        }
        return log;
    }

    private final class FakeConsumer implements Consumer {
        private final Map<TopicPartition, Long> positions = new HashMap<>();

        @Override
        public void assign(Collection<TopicPartition> partitions) {
            positions.keySet().retainAll(partitions);
            partitions.forEach(partition -> positions.putIfAbsent(partition, 0L));
        }

        @Override
        public Set<TopicPartition> assignment() {
            return Set.copyOf(positions.keySet());
        }

        @Override
        public void seek(TopicPartition partition, long offset) {
            positions.put(partition, offset);
        }

        @Override
        public void seekToBeginning(Collection<TopicPartition> partitions) {
            partitions.forEach(partition -> seek(partition, log(partition).startOffset));
        }

        @Override
        public void seekToEnd(Collection<TopicPartition> partitions) {
            partitions.forEach(partition -> seek(partition, log(partition).endOffset));
        }

        @Override
        public List<ConsumerRecord> poll(Duration timeout) {
            List<ConsumerRecord> found = new ArrayList<>();
            for (TopicPartition partition : assignment()) {
                Log log = log(partition);
                long position = position(partition);
                if (position < log.startOffset || position > log.endOffset) {
                    throw new IllegalStateException(partition + ": position " + position + " is not in the log");
                }
                log.records.stream()
                        .filter(record -> record.offset() >= position)
                        .limit(POLL_RECORDS_MAX)
                        .forEach(found::add);
                boolean isLast = found.isEmpty()
                        || found.get(found.size() - 1).offset()
                                == log.records.get(log.records.size() - 1).offset();
                seek(
                        partition,
                        isLast ? log.endOffset : found.get(found.size() - 1).offset() + 1);
            }
            return found;
        }

        @Override
        public long position(TopicPartition partition) {
            Long position = positions.get(partition);
            if (position == null) {
                throw new IllegalStateException(partition + " is not assigned");
            }
            return position;
        }

        @Override
        public void commit(Map<TopicPartition, Long> offsets) {
            groupOffsets.putAll(offsets);
        }

        @Override
        public Map<TopicPartition, Long> committed(Collection<TopicPartition> partitions) {
            throw new IllegalStateException("a loader goes by its own commits alone");
        }

        @Override
        public void wakeup() {}

        @Override
        public void close() {}
    }

    private final class FakeAdmin implements Admin {
        @Override
        public ClusterDescription cluster() {
            return new ClusterDescription("fake", OptionalInt.of(1), List.of());
        }

        @Override
        public Set<String> topics(boolean internal) {
            return logs.keySet().stream().map(TopicPartition::topic).collect(Collectors.toSet());
        }

        @Override
        public Map<String, TopicDescription> describe(Collection<String> topics) {
            return topics.stream().collect(Collectors.toMap(topic -> topic, this::describe));
        }

        private TopicDescription describe(String topic) {
            List<TopicDescription.Partition> partitions = logs.keySet().stream()
                    .filter(partition -> partition.topic().equals(topic))
                    .map(partition -> new TopicDescription.Partition(
                            partition.partition(), OptionalInt.of(1), 0, List.of(1), List.of(1), List.of()))
                    .toList();
            return new TopicDescription(topic, false, partitions);
        }

        @Override
        public Map<TopicPartition, Long> earliestOffsets(Collection<TopicPartition> partitions) {
            return partitions.stream().collect(Collectors.toMap(p -> p, p -> log(p).startOffset));
        }

        @Override
        public Map<TopicPartition, Long> latestOffsets(Collection<TopicPartition> partitions) {
            return partitions.stream().collect(Collectors.toMap(p -> p, p -> log(p).endOffset));
        }

        @Override
        public Map<TopicPartition, Long> offsetsAt(Map<TopicPartition, Long> timestampsMs) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Map<TopicPartition, Long> groupOffsets(String group) {
            throw new IllegalStateException("a loader goes by its own commits alone");
        }

        @Override
        public void createTopic(NewTopic topic) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void createPartitions(String topic, int partitions) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void deleteTopics(Collection<String> topics) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Map<String, List<ConfigEntry>> topicConfigs(Collection<String> topics) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    }
}
