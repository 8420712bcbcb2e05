package io.tailrace.client;

import io.tailrace.protocol.TopicPartition;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The assignor that members of a classic group know as {@code range}. Each subscriber of a topic gets a contiguous range of its
 * partitions; if they do not divide evenly, the first ranges are one longer. Every client computes the same assignment, so any
 * member may lead the group.
 */
final class RangeAssignment {
    private RangeAssignment() {}

    /**
     * A member of the group.
     *
     * @param memberId its id
     * @param instanceId the id of a static member
     * @param topics the topics that it subscribes to
     */
    record Member(String memberId, Optional<String> instanceId, Set<String> topics) {}

    /** Static members come first, by their instance, so that they keep their partitions when they return with another id. */
    private static final Comparator<Member> ORDER = Comparator.comparing(
                    (Member member) -> member.instanceId().isEmpty())
            .thenComparing(member -> member.instanceId().orElse(member.memberId()));

    /**
     * Assigns all partitions of the subscribed topics.
     *
     * @param partitionCounts by topic; topics that are absent do not exist
     * @return the partitions of each member, by its id
     */
    static Map<String, Set<TopicPartition>> of(List<Member> members, Map<String, Integer> partitionCounts) {
        Map<String, Set<TopicPartition>> assigned = new TreeMap<>();
        Map<String, List<Member>> subscribers = new TreeMap<>();
        for (Member member : members.stream().sorted(ORDER).toList()) {
            assigned.put(member.memberId(), new TreeSet<>());
            member.topics().forEach(topic -> subscribers
                    .computeIfAbsent(topic, first -> new ArrayList<>())
                    .add(member));
        }
        subscribers.forEach((topic, inOrder) -> {
            int count = partitionCounts.getOrDefault(topic, 0);
            int each = count / inOrder.size();
            int more = count % inOrder.size();
            int next = 0;
            for (int i = 0; i < inOrder.size(); i++) {
                Set<TopicPartition> range =
                        Objects.requireNonNull(assigned.get(inOrder.get(i).memberId()));
                int end = next + each + (i < more ? 1 : 0);
                for (; next < end; next++) {
                    range.add(new TopicPartition(topic, next));
                }
            }
        });
        return assigned;
    }
}
