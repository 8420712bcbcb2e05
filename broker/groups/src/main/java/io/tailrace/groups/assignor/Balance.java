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
 * A distribution in the making: who has how many partitions, and which are left. Not thread-safe.
 *
 * <p>Members with the same subscription and rack are kept together, so that a step costs what the number of different subscriptions
 * costs, not the number of members.
 */
final class Balance {
    private final SortedMap<UUID, Topic> topics;
    private final List<String> ids;
    private final List<Load> loads = new ArrayList<>();
    private final List<Subscribers> subscribers = new ArrayList<>();
    private final Map<UUID, List<Subscribers>> subscribersOf = new HashMap<>();
    private final NavigableSet<Load> all = new TreeSet<>(Subscribers.FEWEST_FIRST);
    private final Map<UUID, BitSet> given = new HashMap<>();
    private final List<Assignment> current = new ArrayList<>();
    private final boolean hasRacks;

    private record Kind(Set<UUID> topics, @Nullable String rack) {}

    /** Nothing is given to anybody. */
    Balance(AssignorInput input) {
        topics = input.topics();
        ids = input.members().stream().map(AssignorInput.Member::id).toList();
        Map<Kind, Subscribers> kinds = new LinkedHashMap<>();
        for (AssignorInput.Member member : input.members()) {
            Subscribers same = kinds.computeIfAbsent(
                    new Kind(member.topics(), member.rack()), kind -> new Subscribers(kind.topics, kind.rack));
            Load load = new Load(loads.size(), same);
            loads.add(load);
            same.members().add(load);
            all.add(load);
            current.add(member.current());
        }
        subscribers.addAll(kinds.values());
        for (Subscribers same : subscribers) {
            same.topics().forEach(topic -> subscribersOf
                    .computeIfAbsent(topic, absent -> new ArrayList<>())
                    .add(same));
        }
        hasRacks = input.members().stream().anyMatch(member -> member.rack() != null);
    }

    /** Whether the racks of members are known. */
    boolean hasRacks() {
        return hasRacks;
    }

    /** Gives each member what it has already, of topics that it still subscribes to. */
    void retain() {
        for (Load load : loads) {
            all.remove(load);
            load.subscribers().members().remove(load);
            current.get(load.place()).topics().forEach((id, partitions) -> {
                Topic topic = topics.get(id);
                if (topic == null || !load.subscribers().topics().contains(id)) {
                    return;
                }
                BitSet givenOfTopic = given.computeIfAbsent(id, absent -> new BitSet());
                for (int partition : partitions) {
                    if (partition < topic.partitions() && !givenOfTopic.get(partition)) {
                        givenOfTopic.set(partition);
                        load.retain(new Item(id, partition));
                    }
                }
            });
            all.add(load);
            load.subscribers().members().add(load);
        }
    }

    /**
     * Gives partitions that are left to members in a rack with a replica.
     *
     * @param shares for each member, how many partitions it may have
     */
    void fillByRack(int[] shares) {
        Map<Subscribers, NavigableSet<Load>> open = new HashMap<>();
        for (Subscribers same : subscribers) {
            NavigableSet<Load> members = new TreeSet<>(Subscribers.FEWEST_FIRST);
            same.members().stream()
                    .filter(load -> load.count() < shares[load.place()])
                    .forEach(members::add);
            open.put(same, members);
        }
        for (Item item : left()) {
            Set<String> racks = racks(item);
            Load to = null;
            for (Subscribers same : subscribersOf.getOrDefault(item.topic(), List.of())) {
                NavigableSet<Load> members = Objects.requireNonNull(open.get(same));
                if (same.isIn(racks) && !members.isEmpty() && (to == null || isBefore(members.first(), to))) {
                    to = members.first();
                }
            }
            if (to != null) {
                NavigableSet<Load> members = Objects.requireNonNull(open.get(to.subscribers()));
                members.remove(to);
                give(item, to);
                if (to.count() < shares[to.place()]) {
                    members.add(to);
                }
            }
        }
    }

    /** Gives every partition that is left to the subscriber with the fewest. */
    void fill() {
        for (Item item : left()) {
            Load to = null;
            for (Subscribers same : subscribersOf.getOrDefault(item.topic(), List.of())) {
                Load first = same.members().first();
                if (to == null || isBefore(first, to)) {
                    to = first;
                }
            }
            if (to != null) {
                give(item, to);
            }
        }
    }

    private static boolean isBefore(Load one, Load other) {
        return Subscribers.FEWEST_FIRST.compare(one, other) < 0;
    }

    /** Moves partitions, each to a subscriber with at least two fewer, until no such move is left. */
    void level() {
        Load from = all.isEmpty() ? null : all.last();
        while (from != null && from.count() - all.first().count() > 1) {
            Subscribers to = receivers(from);
            if (to == null) {
                from = all.lower(from);
            } else {
                move(from, to);
                from = all.last();
            }
        }
    }

    /** Those among the members with the fewest partitions that can take one from a member; null if none can. */
    private @Nullable Subscribers receivers(Load from) {
        Subscribers to = null;
        for (Subscribers same : subscribers) {
            Load first = same.members().first();
            if (from.count() - first.count() > 1
                    && (to == null || isBefore(first, to.members().first()))
                    && from.hasOneOf(same.topics())) {
                to = same;
            }
        }
        return to;
    }

    private void move(Load from, Subscribers receivers) {
        all.remove(from);
        from.subscribers().members().remove(from);
        Item item = from.take(receivers.topics(), moved -> gain(moved, from, receivers), hasRacks ? 1 : 0);
        all.add(from);
        from.subscribers().members().add(from);
        give(item, receivers.members().first());
    }

    private int gain(Item item, Load from, Subscribers to) {
        if (!hasRacks) {
            return 0;
        }
        Set<String> racks = racks(item);
        return (to.isIn(racks) ? 1 : 0) - (from.subscribers().isIn(racks) ? 1 : 0);
    }

    private void give(Item item, Load to) {
        all.remove(to);
        to.subscribers().members().remove(to);
        to.add(item);
        all.add(to);
        to.subscribers().members().add(to);
        given.computeIfAbsent(item.topic(), absent -> new BitSet()).set(item.partition());
    }

    private Set<String> racks(Item item) {
        Topic topic = topics.get(item.topic());
        return topic == null ? Set.of() : topic.racks(item.partition());
    }

    /** The partitions that nobody has: those that the fewest kinds of members can take first. */
    private List<Item> left() {
        List<Topic> order = new ArrayList<>(topics.values());
        order.sort(Comparator.comparingInt(topic -> subscribersOf.getOrDefault(topic.id(), List.of()).stream()
                .mapToInt(same -> same.members().size())
                .sum()));
        List<Item> left = new ArrayList<>();
        for (Topic topic : order) {
            BitSet givenOfTopic = given.getOrDefault(topic.id(), new BitSet());
            for (int partition = givenOfTopic.nextClearBit(0);
                    partition < topic.partitions();
                    partition = givenOfTopic.nextClearBit(partition + 1)) {
                left.add(new Item(topic.id(), partition));
            }
        }
        return left;
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
