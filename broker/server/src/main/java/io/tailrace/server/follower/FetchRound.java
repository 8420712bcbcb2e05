package io.tailrace.server.follower;

import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.message.FetchRequest;
import io.tailrace.replication.Follower;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One fetch: the partitions it asks for. */
final class FetchRound {
    private final Map<TopicPartition, FetchState> asked = new HashMap<>();
    private final Map<String, List<FetchRequest.Partition>> topics = new LinkedHashMap<>();

    /** Asks for the partition's next records, unless it no longer follows in that epoch. */
    void add(FetchState state, int bytesMax) {
        if (!(state.partition().replica() instanceof Follower follower) || !follower.follows(state.leaderEpoch())) {
            return;
        }
        TopicPartition id = state.partition().id();
        asked.put(id, state);
        topics.computeIfAbsent(id.topic(), topic -> new ArrayList<>())
                .add(new FetchRequest.Partition(
                        id.partition(),
                        state.leaderEpoch(),
                        follower.log().endOffset(),
                        follower.log().epochs().latest(),
                        follower.log().startOffset(),
                        bytesMax));
    }

    boolean isEmpty() {
        return asked.isEmpty();
    }

    List<FetchRequest.Topic> topics() {
        return topics.entrySet().stream()
                .map(topic -> new FetchRequest.Topic(topic.getKey(), topic.getValue()))
                .toList();
    }

    /** The partition's state, null if it was not asked for. */
    @Nullable
    FetchState asked(TopicPartition partition) {
        return asked.get(partition);
    }
}
