package io.tailrace.groups.offsets;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.OffsetCommitRequest;
import io.tailrace.protocol.message.OffsetCommitResponse;
import io.tailrace.protocol.message.OffsetFetchRequest;
import io.tailrace.protocol.message.OffsetFetchResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Short forms of requests and answers. */
final class OffsetRequests {
    static final short VERSION = 8;

    private OffsetRequests() {}

    /** A commit by a consumer that assigns its own partitions. */
    static CommitOffsets commit(String group, OffsetCommitRequest.Topic... topics) {
        return new CommitOffsets(new OffsetCommitRequest(group, List.of(topics)), VERSION);
    }

    static CommitOffsets commit(String group, String topic, int partition, long offset) {
        return commit(group, topic(topic, offset(partition, offset, null)));
    }

    static OffsetCommitRequest.Topic topic(String name, OffsetCommitRequest.Partition... partitions) {
        return new OffsetCommitRequest.Topic(name, List.of(partitions));
    }

    static OffsetCommitRequest.Partition offset(int partition, long offset, @Nullable String metadata) {
        return new OffsetCommitRequest.Partition(partition, offset, 4, metadata);
    }

    /** The results in the order of the request. */
    static List<ErrorCode> errors(OffsetCommitResponse response) {
        return response.topics().stream()
                .flatMap(topic -> topic.partitions().stream().map(OffsetCommitResponse.Partition::errorCode))
                .toList();
    }

    /** All offsets of a group. */
    static FetchOffsets fetchAll(String group) {
        return new FetchOffsets(new OffsetFetchRequest.Group(group, null), false);
    }

    /** Offsets by partition, such as {@code web-0}. */
    static Map<String, Long> offsets(OffsetFetchResponse.Group answer) {
        Map<String, Long> offsets = new TreeMap<>();
        answer.topics().forEach(topic -> topic.partitions()
                .forEach(each -> offsets.put(topic.name() + "-" + each.partitionIndex(), each.committedOffset())));
        return offsets;
    }

    static OffsetCommitRequest.Topic topicOf(String name, int partitions) {
        List<OffsetCommitRequest.Partition> all = new ArrayList<>();
        for (int i = 0; i < partitions; i++) {
            all.add(offset(i, i, null));
        }
        return new OffsetCommitRequest.Topic(name, all);
    }
}
