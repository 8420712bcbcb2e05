package io.tailrace.groups.assignor;

import io.tailrace.groups.Assignment;
import io.tailrace.groups.ClusterSnapshot.Topic;
import io.tailrace.groups.assignor.Load.Item;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A distribution in the making: the number of partitions of each member, and the partitions that no member has. Not thread-safe.
 *
 * <p>Members with the same subscription and rack are kept together, so that the cost of a step grows with the number of different
 * subscriptions, not with the number of members.
 */
final class Balance {
    private final SortedMap<UUID, Topic> topics;
    private final List<String> ids;
    private final List<Load> loads = new ArrayList<>();
    private final List<Subscribers> subscribers = new ArrayList<>();
    private final Map<UUID, List<Subscribers>> subscribersOf = new HashMap<>();
    private final NavigableSet<Load> byCount = new TreeSet<>(Subscribers.FEWEST_FIRST);
    private final Map<UUID, BitSet> assigned = new HashMap<>();
    private final List<Assignment> current = new ArrayList<>();
    private final boolean hasRacks;

    private record Subscription(Set<UUID> topics, @Nullable String rack) {}

    /** No partition is assigned yet. */
    Balance(AssignorInput input) {
        topics = input.topics();
        ids = input.members().stream().map(AssignorInput.Member::id).toList();
        Map<Subscription, Subscribers> bySubscription = new LinkedHashMap<>();
        for (AssignorInput.Member member : input.members()) {
            Subscribers peers = bySubscription.computeIfAbsent(
                    new Subscription(member.topics(), member.rack()),
                    subscription -> new Subscribers(subscription.topics, subscription.rack));
            Load load = new Load(loads.size(), peers);
            loads.add(load);
            peers.members().add(load);
            byCount.add(load);
            current.add(member.current());
        }
        subscribers.addAll(bySubscription.values());
        for (Subscribers peers : subscribers) {
            peers.topics().forEach(topic -> subscribersOf
                    .computeIfAbsent(topic, absent -> new ArrayList<>())
                    .add(peers));
        }
        hasRacks = input.members().stream().anyMatch(member -> member.rack() != null);
    }

    /** Whether the racks of members are known. */
    boolean hasRacks() {
        return hasRacks;
    }

    /** Gives each member the partitions that it already has, of topics that it still subscribes to. */
    void retain() {
        for (Load load : loads) {
            byCount.remove(load);
            load.subscribers().members().remove(load);
            current.get(load.place()).topics().forEach((id, partitions) -> {
                Topic topic = topics.get(id);
                if (topic == null || !load.subscribers().topics().contains(id)) {
                    return;
                }
                BitSet assignedOfTopic = assigned.computeIfAbsent(id, absent -> new BitSet());
                for (int partition : partitions) {
                    if (partition < topic.partitions() && !assignedOfTopic.get(partition)) {
                        assignedOfTopic.set(partition);
                        load.retain(new Item(id, partition));
                    }
                }
            });
            byCount.add(load);
            load.subscribers().members().add(load);
        }
    }

    /**
     * Gives remaining partitions to members in a rack with a replica.
     *
     * @param shares for each member, how many partitions it may have
     */
    void fillByRack(int[] shares) {
        Map<Subscribers, NavigableSet<Load>> open = new HashMap<>();
        for (Subscribers peers : subscribers) {
            NavigableSet<Load> members = new TreeSet<>(Subscribers.FEWEST_FIRST);
            peers.members().stream()
                    .filter(load -> load.count() < shares[load.place()])
                    .forEach(members::add);
            open.put(peers, members);
        }
        for (Item item : unassigned()) {
            Set<String> racks = racks(item);
            Load to = null;
            for (Subscribers peers : subscribersOf.getOrDefault(item.topic(), List.of())) {
                NavigableSet<Load> members = Objects.requireNonNull(open.get(peers));
                if (peers.isIn(racks) && !members.isEmpty() && (to == null || isBefore(members.first(), to))) {
                    to = members.first();
                }
            }
            if (to != null) {
                NavigableSet<Load> members = Objects.requireNonNull(open.get(to.subscribers()));
                members.remove(to);
                assign(item, to);
                if (to.count() < shares[to.place()]) {
                    members.add(to);
                }
            }
        }
    }

    /** Gives every remaining partition to the subscriber with the fewest partitions. */
    void fill() {
        for (Item item : unassigned()) {
            Load to = null;
            for (Subscribers peers : subscribersOf.getOrDefault(item.topic(), List.of())) {
                Load first = peers.members().first();
                if (to == null || isBefore(first, to)) {
                    to = first;
                }
            }
            if (to != null) {
                assign(item, to);
            }
        }
    }

    private static boolean isBefore(Load one, Load other) {
        return Subscribers.FEWEST_FIRST.compare(one, other) < 0;
    }

    /** Moves partitions, each to a subscriber with at least two fewer, until no such move is left. */
    void level() {
        Load from = byCount.isEmpty() ? null : byCount.last();
        while (from != null && from.count() - byCount.first().count() > 1) {
            Subscribers to = receivers(from);
            if (to == null) {
                from = byCount.lower(from);
            } else {
                move(from, to);
                from = byCount.last();
            }
        }
    }

    /** Among the members that can take a partition from a member, those with the fewest partitions; null if none can. */
    private @Nullable Subscribers receivers(Load from) {
        Subscribers to = null;
        for (Subscribers peers : subscribers) {
            Load first = peers.members().first();
            if (from.count() - first.count() > 1
                    && (to == null || isBefore(first, to.members().first()))
                    && from.hasOneOf(peers.topics())) {
                to = peers;
            }
        }
        return to;
    }

    private void move(Load from, Subscribers receivers) {
        byCount.remove(from);
        from.subscribers().members().remove(from);
        Item item = from.take(receivers.topics(), moved -> gain(moved, from, receivers), hasRacks ? 1 : 0);
        byCount.add(from);
        from.subscribers().members().add(from);
        assign(item, receivers.members().first());
    }

    private int gain(Item item, Load from, Subscribers to) {
        if (!hasRacks) {
            return 0;
        }
        Set<String> racks = racks(item);
        return (to.isIn(racks) ? 1 : 0) - (from.subscribers().isIn(racks) ? 1 : 0);
    }

    private void assign(Item item, Load to) {
        byCount.remove(to);
        to.subscribers().members().remove(to);
        to.add(item);
        byCount.add(to);
        to.subscribers().members().add(to);
        assigned.computeIfAbsent(item.topic(), absent -> new BitSet()).set(item.partition());
    }

    private Set<String> racks(Item item) {
        Topic topic = topics.get(item.topic());
        return topic == null ? Set.of() : topic.racks(item.partition());
    }

    /** The unassigned partitions; those of topics with the fewest subscribers come first. */
    private List<Item> unassigned() {
        List<Topic> order = new ArrayList<>(topics.values());
        order.sort(Comparator.comparingInt(topic -> subscribersOf.getOrDefault(topic.id(), List.of()).stream()
                .mapToInt(peers -> peers.members().size())
                .sum()));
        List<Item> unassigned = new ArrayList<>();
        for (Topic topic : order) {
            BitSet assignedOfTopic = assigned.getOrDefault(topic.id(), new BitSet());
            for (int partition = assignedOfTopic.nextClearBit(0);
                    partition < topic.partitions();
                    partition = assignedOfTopic.nextClearBit(partition + 1)) {
                unassigned.add(new Item(topic.id(), partition));
            }
        }
        return unassigned;
    }

    /** How many partitions each member has, by its place in the input. */
    int[] counts() {
        return loads.stream().mapToInt(Load::count).toArray();
    }

    /** The partitions of each member by its id. */
    Map<String, Assignment> result() {
        Map<String, Assignment> result = new TreeMap<>();
        loads.forEach(load -> result.put(ids.get(load.place()), load.partitions()));
        return result;
    }
}
