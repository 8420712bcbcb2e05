package io.tailrace.client;

import io.tailrace.protocol.TopicPartition;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The followers to which leaders have sent this consumer because of its rack (KIP-392). The consumer returns to the leader, which
 * may name another one, after {@code metadata.max.age.ms} or an error. Confined to the fetching thread.
 */
final class PreferredReplicas {
    private record Preferred(int brokerId, long untilMs) {}

    private final long ageMsMax;
    private final Map<TopicPartition, Preferred> byPartition = new HashMap<>();

    PreferredReplicas(long ageMsMax) {
        this.ageMsMax = ageMsMax;
    }

    void prefer(TopicPartition partition, int brokerId, long nowMs) {
        byPartition.values().removeIf(preferred -> preferred.untilMs() <= nowMs);
        byPartition.put(partition, new Preferred(brokerId, nowMs + ageMsMax));
    }

    /** The address of the follower to read from; null for the leader. */
    @Nullable
    InetSocketAddress address(TopicPartition partition, MetadataSnapshot snapshot, long nowMs) {
        Preferred preferred = byPartition.get(partition);
        return preferred == null || preferred.untilMs() <= nowMs
                ? null
                : snapshot.brokers().get(preferred.brokerId());
    }

    /** The consumer reads from the leader again. Returns whether it read from a follower. */
    boolean returnToLeader(TopicPartition partition) {
        return byPartition.remove(partition) != null;
    }
}
