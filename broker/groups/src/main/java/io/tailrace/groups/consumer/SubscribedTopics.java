package io.tailrace.groups.consumer;

import io.tailrace.groups.ClusterSnapshot;
import io.tailrace.groups.ClusterSnapshot.Topic;
import io.tailrace.groups.ConsumerMember;
import io.tailrace.protocol.group.ConsumerGroupRegularExpressionValue;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The topics that the members of a group subscribe to: those that exist and whose names they list or their patterns match. Not
 * thread-safe.
 */
final class SubscribedTopics {
    private final SortedMap<String, ConsumerMember> members;
    private final Map<String, ConsumerGroupRegularExpressionValue> patterns;
    private final ClusterSnapshot cluster;

    /** Members often have the same subscription, so each is looked up only once. */
    private final Map<Subscription, SortedMap<UUID, Topic>> found = new HashMap<>();

    private record Subscription(
            List<String> names, @Nullable String regex) {}

    SubscribedTopics(GroupDraft draft, ClusterSnapshot cluster) {
        this.members = draft.members();
        this.patterns = draft.patterns();
        this.cluster = cluster;
    }

    /** The members of the group. */
    SortedMap<String, ConsumerMember> members() {
        return members;
    }

    /** The topics of a member that exist, by id. */
    SortedMap<UUID, Topic> of(ConsumerMember member) {
        Subscription subscription = new Subscription(
                member.metadata().subscribedTopicNames(), member.metadata().subscribedTopicRegex());
        return found.computeIfAbsent(subscription, absent -> {
            SortedMap<UUID, Topic> topics = new TreeMap<>();
            add(subscription.names, topics);
            add(TopicPatterns.matched(member, patterns), topics);
            return topics;
        });
    }

    private void add(Collection<String> names, SortedMap<UUID, Topic> topics) {
        names.forEach(name -> cluster.topic(name).ifPresent(topic -> topics.put(topic.id(), topic)));
    }

    /** The topics of all members that exist, by id. */
    NavigableMap<UUID, Topic> all() {
        members.values().forEach(this::of);
        NavigableMap<UUID, Topic> all = new TreeMap<>();
        found.values().forEach(topics -> all.putAll(topics));
        return all;
    }

    /**
     * A hash of the topics of all members: their ids, their numbers of partitions and, if members have racks, the racks of the
     * replicas. 0 for no topics.
     */
    long hash() {
        boolean withRacks =
                members.values().stream().anyMatch(member -> member.metadata().rackId() != null);
        long hash = 0;
        for (Topic topic : all().values()) {
            hash = mix(
                    mix(hash, topic.id().getMostSignificantBits()), topic.id().getLeastSignificantBits());
            hash = mix(hash, topic.partitions());
            for (int partition = 0; withRacks && partition < topic.partitions(); partition++) {
                hash = mix(hash, new TreeSet<>(topic.racks(partition)).hashCode());
            }
        }
        return hash;
    }

    /** A step of SplitMix64 over a polynomial: every bit of the input changes about half of the result's. */
    private static long mix(long hash, long value) {
        long mixed = hash * 31 + value + 0x9E3779B97F4A7C15L;
        mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }
}
