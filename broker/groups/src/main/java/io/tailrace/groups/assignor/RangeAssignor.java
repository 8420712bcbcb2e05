package io.tailrace.groups.assignor;

import io.tailrace.groups.Assignment;
import io.tailrace.groups.ClusterSnapshot.Topic;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/**
 * Gives each subscriber of a topic one range of consecutive partitions; the ranges differ by at most one partition.
 *
 * <p>Topics with the same number of partitions and the same subscribers are distributed alike, so that partitions with the same
 * number go to the same member. Static members come first, by instance id, then dynamic ones by member id. The restart of a
 * static member does not change this order. Racks decide which of the ranges a member gets.
 */
final class RangeAssignor implements Assignor {
    static final String NAME = "range";

    @Override
    public String name() {
        return NAME;
    }

    /**
     * The properties that topics share if they are distributed alike.
     *
     * @param subscribers in the order in which they get ranges
     */
    private record Distribution(int partitions, List<Share> subscribers) {}

    /** A member and the partitions that it gets. Equal only to itself. */
    private static final class Share {
        private final AssignorInput.Member member;
        private final Map<UUID, Set<Integer>> partitions = new TreeMap<>();

        Share(AssignorInput.Member member) {
            this.member = member;
        }
    }

    @Override
    public Map<String, Assignment> assign(AssignorInput input) {
        List<Share> order = new ArrayList<>();
        input.members().stream().sorted(RangeAssignor::compare).map(Share::new).forEach(order::add);
        Map<UUID, List<Share>> subscribers = new HashMap<>();
        for (Share share : order) {
            share.member.topics().forEach(topic -> subscribers
                    .computeIfAbsent(topic, absent -> new ArrayList<>())
                    .add(share));
        }
        Map<Distribution, List<Topic>> topicsByDistribution = new LinkedHashMap<>();
        for (Topic topic : input.topics().values()) {
            List<Share> members = subscribers.getOrDefault(topic.id(), List.of());
            if (!members.isEmpty()) {
                topicsByDistribution
                        .computeIfAbsent(new Distribution(topic.partitions(), members), absent -> new ArrayList<>())
                        .add(topic);
            }
        }
        topicsByDistribution.forEach(RangeAssignor::distribute);
        Map<String, Assignment> assignments = new TreeMap<>();
        order.forEach(share -> assignments.put(share.member.id(), Assignment.of(share.partitions)));
        return assignments;
    }

    /** Members without an instance id are equal: the sort is stable, and they are sorted by id already. */
    private static int compare(AssignorInput.Member one, AssignorInput.Member other) {
        return Comparator.nullsLast(Comparator.<String>naturalOrder()).compare(one.instanceId(), other.instanceId());
    }

    private static void distribute(Distribution distribution, List<Topic> topics) {
        int[] ranges = ranges(distribution, topics);
        for (int i = 0; i < ranges.length; i++) {
            for (Topic topic : topics) {
                Set<Integer> range = new TreeSet<>();
                for (int partition = start(distribution, ranges[i]);
                        partition < start(distribution, ranges[i] + 1);
                        partition++) {
                    range.add(partition);
                }
                distribution.subscribers().get(i).partitions.put(topic.id(), range);
            }
        }
    }

    /** The first partition of a range; the first ranges are one partition longer if the division leaves a remainder. */
    private static int start(Distribution distribution, int range) {
        int members = distribution.subscribers().size();
        return range * (distribution.partitions() / members) + Math.min(range, distribution.partitions() % members);
    }

    /** For each subscriber, the number of its range: its own place, unless another range has more replicas in its rack. */
    private static int[] ranges(Distribution distribution, List<Topic> topics) {
        int members = distribution.subscribers().size();
        int[] ranges = new int[members];
        boolean[] taken = new boolean[members];
        Map<String, int[]> replicasByRack = new HashMap<>();
        int[] noReplicas = new int[members];
        for (int i = 0; i < members; i++) {
            String rack = distribution.subscribers().get(i).member.rack();
            int[] replicas = rack == null
                    ? noReplicas
                    : replicasByRack.computeIfAbsent(rack, absent -> replicas(distribution, topics, absent));
            ranges[i] = best(replicas, taken, i);
            taken[ranges[i]] = true;
        }
        return ranges;
    }

    private static int best(int[] replicas, boolean[] taken, int own) {
        int best = taken[own] ? -1 : own;
        for (int range = 0; range < taken.length; range++) {
            if (!taken[range] && (best < 0 || replicas[range] > replicas[best])) {
                best = range;
            }
        }
        return best;
    }

    /** For each range, how many of its partitions have a replica in a rack. */
    private static int[] replicas(Distribution distribution, List<Topic> topics, String rack) {
        int[] counts = new int[distribution.subscribers().size()];
        for (Topic topic : topics) {
            for (int range = 0; range < counts.length; range++) {
                for (int partition = start(distribution, range);
                        partition < start(distribution, range + 1);
                        partition++) {
                    counts[range] += topic.racks(partition).contains(rack) ? 1 : 0;
                }
            }
        }
        return counts;
    }
}
