package io.tailrace.loader.run;

import io.tailrace.client.Admin;
import io.tailrace.client.ClusterDescription;
import io.tailrace.client.ConfigEntry;
import io.tailrace.client.Consumer;
import io.tailrace.client.ConsumerRecord;
import io.tailrace.client.IsolationLevel;
import io.tailrace.client.LogEnd;
import io.tailrace.client.NewTopic;
import io.tailrace.client.TopicDescription;
import io.tailrace.protocol.TopicPartition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Partitions in memory, with clients that behave like those of a broker. Appends are not thread-safe. */
final class FakeCluster {
    private static final int POLL_RECORDS_MAX = 500;

    /** A record batch. Not every offset up to {@code lastOffset}, inclusive, has a record. */
    private record Batch(long lastOffset, List<ConsumerRecord> records) {}

    private static final class PartitionLog {
        final List<Batch> batches = new ArrayList<>();
        /** The base offset of each leader epoch that has records. */
        final NavigableMap<Integer, Long> epochs = new TreeMap<>();

        long startOffset;
        long endOffset;
        int leaderEpoch;
        /** Where the first open transaction begins. */
        long undecidedFrom = Long.MAX_VALUE;

        long end(IsolationLevel isolation) {
            return isolation == IsolationLevel.READ_COMMITTED ? Math.min(undecidedFrom, endOffset) : endOffset;
        }

        /** Returns what a fetch returns: the batch that has the offset, else the next one, and those after it. */
        List<Batch> fetch(long offset, int batchesMax) {
            return batches.stream()
                    .filter(batch -> batch.lastOffset() >= offset)
                    .limit(batchesMax)
                    .toList();
        }
    }

    private final Map<TopicPartition, PartitionLog> logs = new TreeMap<>();
    private int incarnation = 1;
    private final Map<TopicPartition, Long> groupOffsets = new ConcurrentHashMap<>();
    private int pollBatchesMax = Integer.MAX_VALUE;
    private int offsetFailuresLeft;
    private Supplier<RuntimeException> offsetFailure = IllegalStateException::new;

    /** Adds an empty partition. */
    FakeCluster with(TopicPartition partition) {
        logs.put(partition, new PartitionLog());
        return this;
    }

    /** Limits the batches that one poll returns. */
    FakeCluster pollBatchesMax(int batches) {
        pollBatchesMax = batches;
        return this;
    }

    /** Appends a batch of one record and returns its offset. */
    long append(TopicPartition partition, long timestampMs, byte @Nullable [] value) {
        return appendBatch(partition, timestampMs, 1, Collections.singletonMap(0, value));
    }

    /**
     * Appends a batch of which compaction removed records.
     *
     * @param offsets number of offsets in the batch
     * @param values the values of the remaining records by offset delta; empty for a batch without records
     * @return the base offset
     */
    long appendBatch(TopicPartition partition, long timestampMs, int offsets, Map<Integer, byte @Nullable []> values) {
        PartitionLog log = log(partition);
        long baseOffset = log.endOffset;
        List<ConsumerRecord> records = new ArrayList<>();
        new TreeMap<>(values)
                .forEach((delta, value) -> records.add(
                        new ConsumerRecord(partition, baseOffset + delta, timestampMs, null, value, List.of())));
        log.epochs.putIfAbsent(log.leaderEpoch, baseOffset);
        log.endOffset += offsets;
        log.batches.add(new Batch(log.endOffset - 1, records));
        return baseOffset;
    }

    /** Makes a transaction open whose first record is the next one of the partition. */
    void beginTransaction(TopicPartition partition) {
        log(partition).undecidedFrom = log(partition).endOffset;
    }

    /** Ends the transaction with a marker, which takes an offset. */
    void endTransaction(TopicPartition partition) {
        log(partition).undecidedFrom = Long.MAX_VALUE;
        appendBatch(partition, 0, 1, Map.of());
    }

    /** Skips offsets: no batch has them. */
    void skipOffsets(TopicPartition partition, int count) {
        log(partition).endOffset += count;
    }

    /** Deletes records below an offset, as retention does. */
    void retainFrom(TopicPartition partition, long offset) {
        PartitionLog log = log(partition);
        log.startOffset = offset;
        log.batches.removeIf(batch -> batch.lastOffset() < offset);
    }

    /** Removes a record, as compaction does. */
    void compactAway(TopicPartition partition, long offset) {
        log(partition)
                .batches
                .replaceAll(batch -> new Batch(
                        batch.lastOffset(),
                        batch.records().stream()
                                .filter(record -> record.offset() != offset)
                                .toList()));
    }

    /** Removes offsets from the end, as if the topic had been created again. */
    void truncateTo(TopicPartition partition, long offset) {
        PartitionLog log = log(partition);
        log.endOffset = offset;
        log.batches.removeIf(batch -> batch.lastOffset() >= offset);
    }

    /** Elects a leader whose log ends at an offset: records from there on are lost. */
    void cutTo(TopicPartition partition, long offset) {
        truncateTo(partition, offset);
        PartitionLog log = log(partition);
        log.epochs.values().removeIf(base -> base >= offset);
        log.leaderEpoch++;
    }

    /** Deletes a topic and creates it again with the same partitions. */
    void recreate(String topic) {
        incarnation++;
        logs.replaceAll((partition, log) -> partition.topic().equals(topic) ? new PartitionLog() : log);
    }

    /** Makes the next look-ups of offsets fail. */
    void failOffsets(int count, Supplier<RuntimeException> failure) {
        offsetFailuresLeft = count;
        offsetFailure = failure;
    }

    /** Removes the committed offsets of the loader's group, as brokers do after their retention. */
    void expireGroupOffsets() {
        groupOffsets.clear();
    }

    /** Returns the committed offsets of the loader's group. */
    Map<TopicPartition, Long> groupOffsets() {
        return Map.copyOf(groupOffsets);
    }

    Admin admin() {
        return new FakeAdmin();
    }

    Consumer consumer() {
        return new FakeConsumer();
    }

    private PartitionLog log(TopicPartition partition) {
        PartitionLog log = logs.get(partition);
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
                PartitionLog log = log(partition);
                long position = position(partition);
                if (position < log.startOffset || position > log.end(IsolationLevel.READ_COMMITTED)) {
                    throw new IllegalStateException("position of " + partition + " is not in the log: " + position);
                }
                for (Batch batch : log.fetch(position, pollBatchesMax)) {
                    if (batch.lastOffset() >= log.undecidedFrom) {
                        break;
                    }
                    if (!take(batch, partition, found)) {
                        break;
                    }
                }
            }
            return found;
        }

        /** Moves the position past the batch, or returns false if the limit of records was reached within it. */
        private boolean take(Batch batch, TopicPartition partition, List<ConsumerRecord> found) {
            for (ConsumerRecord record : batch.records()) {
                if (record.offset() >= position(partition)) {
                    if (found.size() == POLL_RECORDS_MAX) {
                        return false;
                    }
                    found.add(record);
                    seek(partition, record.offset() + 1);
                }
            }
            seek(partition, batch.lastOffset() + 1);
            return true;
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
            throw new IllegalStateException("the loader must not read committed offsets");
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
            return new TopicDescription(topic, Optional.of(new UUID(7, incarnation)), false, partitions);
        }

        @Override
        public Map<TopicPartition, Long> earliestOffsets(Collection<TopicPartition> partitions) {
            if (offsetFailuresLeft-- > 0) {
                throw offsetFailure.get();
            }
            return partitions.stream().collect(Collectors.toMap(p -> p, p -> log(p).startOffset));
        }

        @Override
        public Map<TopicPartition, Long> latestOffsets(
                Collection<TopicPartition> partitions, IsolationLevel isolation) {
            return partitions.stream().collect(Collectors.toMap(p -> p, p -> log(p).end(isolation)));
        }

        @Override
        public Map<TopicPartition, LogEnd> logEnds(Collection<TopicPartition> partitions, IsolationLevel isolation) {
            return partitions.stream()
                    .collect(Collectors.toMap(p -> p, p -> new LogEnd(log(p).end(isolation), log(p).leaderEpoch)));
        }

        @Override
        public Map<TopicPartition, Long> epochEnds(Map<TopicPartition, Integer> leaderEpochs) {
            Map<TopicPartition, Long> ends = new HashMap<>();
            leaderEpochs.forEach((partition, epoch) -> {
                PartitionLog log = log(partition);
                if (epoch <= log.leaderEpoch) {
                    var later = log.epochs.higherEntry(epoch);
                    ends.put(partition, later == null ? log.endOffset : later.getValue());
                }
            });
            return ends;
        }

        @Override
        public Map<TopicPartition, Long> offsetsAt(Map<TopicPartition, Long> timestampsMs) {
            throw new UnsupportedOperationException();
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
