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

/** One fetch: what is asked for, and of which followings. */
final class FetchRound {
    private final Map<TopicPartition, Following> asked = new HashMap<>();
    private final Map<String, List<FetchRequest.Partition>> topics = new LinkedHashMap<>();

    /** Asks for what comes next, unless the partition does not follow in that epoch any more. */
    void add(Following following, int bytesMax) {
        if (!(following.partition().replica() instanceof Follower follower)
                || !follower.follows(following.leaderEpoch())) {
            return;
        }
        TopicPartition id = following.partition().id();
        asked.put(id, following);
        topics.computeIfAbsent(id.topic(), topic -> new ArrayList<>())
                .add(new FetchRequest.Partition(
                        id.partition(),
                        following.leaderEpoch(),
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

    /** The following that an answer is for, null if it was not asked for. */
    @Nullable
    Following asked(TopicPartition partition) {
        return asked.get(partition);
    }
}
