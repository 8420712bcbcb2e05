package io.tailrace.server.api;

import io.tailrace.coordination.TopicNames;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.DescribeTopicPartitionsRequest;
import io.tailrace.protocol.message.DescribeTopicPartitionsRequest.Cursor;
import io.tailrace.protocol.message.DescribeTopicPartitionsResponse;
import io.tailrace.replication.cluster.ClusterImage;
import io.tailrace.replication.cluster.TopicImage;
import io.tailrace.server.cluster.ClusterView;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Describes the partitions of topics page by page, ordered by topic name and partition index (KIP-966). */
public final class DescribeTopicPartitionsHandler
        implements RequestHandler<DescribeTopicPartitionsRequest, DescribeTopicPartitionsResponse> {
    private static final int PARTITIONS_MAX = 2000;

    private final ClusterView cluster;

    /** Answers from this view. */
    public DescribeTopicPartitionsHandler(ClusterView cluster) {
        this.cluster = cluster;
    }

    @Override
    public ApiKey api() {
        return ApiKey.DESCRIBE_TOPIC_PARTITIONS;
    }

    @Override
    public void handle(DescribeTopicPartitionsRequest request, Call<DescribeTopicPartitionsResponse> call) {
        ClusterImage image = cluster.get();
        SortedSet<String> names = new TreeSet<>();
        request.topics().forEach(topic -> names.add(topic.name()));
        if (names.isEmpty()) {
            names.addAll(image.topics().keySet());
            names.removeAll(image.deleting());
        }
        Cursor start = request.cursor();
        if (start != null && start.partitionIndex() < 0) {
            call.answer(refused(names));
            return;
        }
        int partitionsMax = Math.max(1, Math.min(request.responsePartitionLimit(), PARTITIONS_MAX));
        call.answer(page(image, call.listener(), names, start, partitionsMax));
    }

    private static DescribeTopicPartitionsResponse refused(Set<String> names) {
        return new DescribeTopicPartitionsResponse(
                0,
                names.stream()
                        .map(name -> ClusterAnswers.missingPartitions(ErrorCode.INVALID_REQUEST, name))
                        .toList(),
                null);
    }

    private static DescribeTopicPartitionsResponse page(
            ClusterImage image, String listener, SortedSet<String> names, @Nullable Cursor start, int partitionsMax) {
        List<DescribeTopicPartitionsResponse.Topic> topics = new ArrayList<>();
        int room = partitionsMax;
        for (String name : start == null ? names : names.tailSet(start.topicName())) {
            TopicImage topic = image.topics().get(name);
            if (topic == null || image.deleting().contains(name)) {
                topics.add(ClusterAnswers.missingPartitions(
                        TopicNames.isValid(name)
                                ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
                                : ErrorCode.INVALID_TOPIC_EXCEPTION,
                        name));
                continue;
            }
            int count = topic.partitions().size();
            int from = start != null && name.equals(start.topicName()) ? Math.min(start.partitionIndex(), count) : 0;
            int to = Math.min(count, from + room);
            if (room > 0) {
                topics.add(ClusterAnswers.topicPartitions(image, topic, listener, from, to));
            }
            room -= to - from;
            if (to < count) {
                return new DescribeTopicPartitionsResponse(0, topics, new Cursor(name, to));
            }
        }
        return new DescribeTopicPartitionsResponse(0, topics, null);
    }
}
