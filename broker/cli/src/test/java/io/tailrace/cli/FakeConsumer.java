package io.tailrace.cli;

import io.tailrace.client.ClientException;
import io.tailrace.client.ConsumerConfig;
import io.tailrace.client.ConsumerRecord;
import io.tailrace.client.GroupConsumer;
import io.tailrace.client.IsolationLevel;
import io.tailrace.client.MemberIdentity;
import io.tailrace.client.OffsetReset;
import io.tailrace.client.RebalanceListener;
import io.tailrace.protocol.TopicPartition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A consumer of records in memory, whose offsets start at 0. A poll that would wait forever is an error. */
final class FakeConsumer implements GroupConsumer {
    final Map<TopicPartition, List<ConsumerRecord>> logs = new TreeMap<>();
    final Map<TopicPartition, Long> commits = new HashMap<>();
    OffsetReset reset = OffsetReset.NONE;
    IsolationLevel isolation = IsolationLevel.READ_UNCOMMITTED;
    boolean isClosed;
    boolean isSubscribed;
    final List<Set<TopicPartition>> assignments = new ArrayList<>();

    /** Thrown by the next commit. */
    @Nullable
    ClientException commitFailure;

    private final Map<TopicPartition, Long> positions = new TreeMap<>();

    FakeConsumer with(ConsumerConfig config) {
        reset = config.offsetReset();
        isolation = config.isolation();
        return this;
    }

    void append(TopicPartition partition, ConsumerRecord record) {
        logs.computeIfAbsent(partition, added -> new ArrayList<>()).add(record);
    }

    @Override
    public void subscribe(Collection<String> topics, RebalanceListener listener) {
        isSubscribed = true;
        assign(logs.keySet().stream()
                .filter(partition -> topics.contains(partition.topic()))
                .toList());
    }

    @Override
    public void subscribe(Pattern topics, RebalanceListener listener) {
        throw new UnsupportedOperationException("subscribe by pattern");
    }

    @Override
    public void unsubscribe() {
        positions.clear();
    }

    @Override
    public void pause(Collection<TopicPartition> partitions) {
        throw new UnsupportedOperationException("pause");
    }

    @Override
    public void resume(Collection<TopicPartition> partitions) {
        throw new UnsupportedOperationException("resume");
    }

    @Override
    public Optional<MemberIdentity> member() {
        throw new UnsupportedOperationException("member");
    }

    @Override
    public CompletableFuture<Void> commitAsync(Map<TopicPartition, Long> offsets) {
        commit(offsets);
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void assign(Collection<TopicPartition> partitions) {
        assignments.add(Set.copyOf(partitions));
        for (TopicPartition partition : partitions) {
            positions.put(
                    partition,
                    reset == OffsetReset.EARLIEST ? 0L : log(partition).size());
        }
    }

    private List<ConsumerRecord> log(TopicPartition partition) {
        return logs.getOrDefault(partition, List.of());
    }

    @Override
    public Set<TopicPartition> assignment() {
        return positions.keySet();
    }

    @Override
    public void seek(TopicPartition partition, long offset) {
        positions.put(partition, offset);
    }

    @Override
    public void seekToBeginning(Collection<TopicPartition> partitions) {
        throw new UnsupportedOperationException("seekToBeginning");
    }

    @Override
    public void seekToEnd(Collection<TopicPartition> partitions) {
        throw new UnsupportedOperationException("seekToEnd");
    }

    @Override
    public List<ConsumerRecord> poll(Duration timeout) {
        for (TopicPartition partition : positions.keySet()) {
            List<ConsumerRecord> log = log(partition);
            int position = (int) position(partition);
            if (position < log.size()) {
                positions.put(partition, (long) log.size());
                return log.subList(position, log.size());
            }
        }
        throw new AssertionError("nothing will ever come: positions are " + positions);
    }

    @Override
    public long position(TopicPartition partition) {
        return Objects.requireNonNull(positions.get(partition));
    }

    @Override
    public void commit(Map<TopicPartition, Long> offsets) {
        ClientException failure = commitFailure;
        commitFailure = null;
        if (failure != null) {
            throw failure;
        }
        commits.putAll(offsets);
    }

    @Override
    public Map<TopicPartition, Long> committed(Collection<TopicPartition> partitions) {
        return Map.of();
    }

    @Override
    public void wakeup() {}

    @Override
    public void close() {
        isClosed = true;
    }
}
