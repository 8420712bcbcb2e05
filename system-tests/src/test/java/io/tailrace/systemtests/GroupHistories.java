package io.tailrace.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.client.ConsumerRecord;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.codec.GroupRecords;
import io.tailrace.protocol.codec.MalformedMessageException;
import io.tailrace.protocol.group.OffsetCommitKey;
import io.tailrace.protocol.group.OffsetCommitValue;
import io.tailrace.protocol.group.OffsetsTopic;
import io.tailrace.replication.history.GroupHistory;
import io.tailrace.replication.history.History;
import io.tailrace.replication.history.Violation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The histories of groups: what their members wrote to {@link MemberLog}s, the commits in {@code __consumer_offsets}, and what the
 * coordinators answered.
 */
final class GroupHistories {
    private static final long REMOVED = -1;

    private final TreeMap<String, GroupHistory> histories = new TreeMap<>();

    GroupHistories(List<String> groups) {
        groups.forEach(group -> histories.put(group, new GroupHistory(group)));
    }

    Set<String> groups() {
        return histories.keySet();
    }

    /** The partitions of {@code __consumer_offsets} that store the groups, if the topic has this many. */
    List<TopicPartition> storedIn(int partitionCount) {
        return groups().stream()
                .map(group -> new TopicPartition(OffsetsTopic.NAME, OffsetsTopic.partitionOf(group, partitionCount)))
                .distinct()
                .toList();
    }

    /** A coordinator answered with a committed offset, or with -1 for none. */
    void answered(String group, TopicPartition partition, long offset) {
        of(group).committed("OffsetFetch", partition, offset);
    }

    /** Adds every commit of the groups. The records are all that {@code __consumer_offsets} has ever held: it is not compacted yet. */
    void addCommits(List<ConsumerRecord> records) throws MalformedMessageException {
        Map<TopicPartition, Long> next = new HashMap<>();
        for (ConsumerRecord record : records) {
            long expected = next.merge(record.topicPartition(), 1L, Long::sum) - 1;
            assertThat(record.offset())
                    .as("offset in " + record.topicPartition())
                    .isEqualTo(expected);
            var key = GroupRecords.decodeKey(ByteBuffer.wrap(Objects.requireNonNull(record.key())));
            if (key.isPresent()
                    && key.get() instanceof OffsetCommitKey commit
                    && histories.containsKey(commit.group())) {
                of(commit.group())
                        .committed(
                                OffsetsTopic.NAME,
                                new TopicPartition(commit.topic(), commit.partition()),
                                offset(commit, record.value()));
            }
        }
    }

    private static long offset(OffsetCommitKey key, byte @Nullable [] value) throws MalformedMessageException {
        return value == null
                ? REMOVED
                : ((OffsetCommitValue) GroupRecords.decodeValue(key, ByteBuffer.wrap(value))).offset();
    }

    /**
     * Adds what a member read.
     *
     * @param records gets the same, to compare it with what the partitions hold
     */
    void addReads(Path memberLog, History<String> records) throws IOException {
        String member = memberLog.getFileName().toString();
        MemberLog.read(memberLog, each -> {
            Receiver.Received record = each.record();
            String reader = "%s of %s, assignment %d".formatted(member, each.group(), each.assignment());
            records.read(reader, record.partition(), record.offset(), record.value());
            of(each.group()).delivered(member, each.generation(), record.partition(), record.offset());
        });
    }

    private GroupHistory of(String group) {
        return Objects.requireNonNull(histories.get(group), group);
    }

    /**
     * Fails unless every record was read by a member of each group, and all else is right. Returns the number of generations.
     *
     * @param records knows what the partitions hold at the end
     */
    String judge(List<TopicPartition> partitions, History<String> records) {
        Map<TopicPartition, List<Long>> atEnd = new TreeMap<>();
        partitions.forEach(partition -> atEnd.put(partition, records.offsetsAtEnd(partition)));
        List<Violation> violations = new ArrayList<>();
        List<String> generations = new ArrayList<>();
        histories.forEach((group, history) -> {
            violations.addAll(history.judge(atEnd));
            generations.add("%s: %d generations".formatted(group, history.generations()));
        });
        assertThat(violations).as("what groups read and committed").isEmpty();
        return String.join(", ", generations);
    }
}
