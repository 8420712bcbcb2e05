package io.tailrace.replication.cluster;

import io.tailrace.protocol.TopicPartition;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How fast one broker may copy replicas that are being moved (KIP-73). The rate is a setting of the broker; the replicas it
 * applies to are a setting of their topic. Immutable.
 */
public final class ReplicationThrottle {
    /** Setting of a broker that is accepted, since Kafka's tools set it with the other one, and has no effect. */
    public static final String LEADER_RATE = "leader.replication.throttled.rate";

    /** Setting of a broker: bytes per second that it copies into throttled replicas. */
    public static final String FOLLOWER_RATE = "follower.replication.throttled.rate";

    /** Setting of a topic that is accepted, since Kafka's tools set it with the other one, and has no effect. */
    public static final String LEADER_REPLICAS = "leader.replication.throttled.replicas";

    /** Setting of a topic: the replicas that are throttled where they are written, in the form of {@link #isReplicas}. */
    public static final String FOLLOWER_REPLICAS = "follower.replication.throttled.replicas";

    /** The rate of a broker that is not throttled. */
    public static final long UNLIMITED = Long.MAX_VALUE;

    private static final String ALL = "*";
    /** Possessive: other repetitions use stack for each replica, and a topic may have thousands. */
    private static final Pattern REPLICAS =
            Pattern.compile("\\*|(?:[0-9]{1,9}:[0-9]{1,9}(?:,[0-9]{1,9}:[0-9]{1,9})*+)?");

    private static final ReplicationThrottle NONE = new ReplicationThrottle(UNLIMITED, Set.of(), Set.of());

    private final long bytesPerSecond;
    private final Set<String> wholeTopics;
    private final Set<TopicPartition> partitions;

    private ReplicationThrottle(long bytesPerSecond, Set<String> wholeTopics, Set<TopicPartition> partitions) {
        this.bytesPerSecond = bytesPerSecond;
        this.wholeTopics = wholeTopics;
        this.partitions = partitions;
    }

    /**
     * The throttle of {@code brokerId} as a follower. A malformed setting counts as absent: brokers refuse to store one.
     */
    public static ReplicationThrottle ofFollower(ClusterImage image, int brokerId) {
        Optional<Long> rate = rate(image.brokerConfig(brokerId).get(FOLLOWER_RATE));
        if (rate.isEmpty()) {
            return NONE;
        }
        Set<String> wholeTopics = new HashSet<>();
        Set<TopicPartition> partitions = new HashSet<>();
        for (TopicImage topic : image.topics().values()) {
            String replicas = topic.configs().getOrDefault(FOLLOWER_REPLICAS, "");
            if (replicas.equals(ALL)) {
                wholeTopics.add(topic.name());
            } else if (!replicas.isEmpty() && isReplicas(replicas)) {
                for (String replica : replicas.split(",", -1)) {
                    int colon = replica.indexOf(':');
                    if (Integer.parseInt(replica.substring(colon + 1)) == brokerId) {
                        partitions.add(new TopicPartition(topic.name(), Integer.parseInt(replica.substring(0, colon))));
                    }
                }
            }
        }
        return new ReplicationThrottle(rate.get(), wholeTopics, partitions);
    }

    /** Bytes per second for all {@linkplain #covers covered} replicas together, {@link #UNLIMITED} for no limit. */
    public long bytesPerSecond() {
        return bytesPerSecond;
    }

    /** Whether the rate applies to this broker's replica of the partition. */
    public boolean covers(TopicPartition partition) {
        return wholeTopics.contains(partition.topic()) || partitions.contains(partition);
    }

    /** Whether {@code text} lists replicas: {@code *} for all, {@code partition:broker,partition:broker}, or nothing. */
    public static boolean isReplicas(String text) {
        return REPLICAS.matcher(text).matches();
    }

    private static Optional<Long> rate(@Nullable String text) {
        try {
            return Optional.ofNullable(text).map(Long::valueOf).filter(bytesPerSecond -> bytesPerSecond > 0);
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}
