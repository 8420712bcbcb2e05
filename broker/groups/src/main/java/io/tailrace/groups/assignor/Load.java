package io.tailrace.groups.assignor;

import io.tailrace.groups.Assignment;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** The partitions that a member has been given so far. Not thread-safe. */
final class Load {
    /** How many partitions are compared to find the best one to give away. */
    private static final int COMPARED_MAX = 100;

    private final int place;
    private final Subscribers subscribers;
    private final SortedMap<UUID, SortedSet<Integer>> partitions = new TreeMap<>();

    /** The partitions that it did not have before. */
    private final Set<Item> added = new LinkedHashSet<>();

    private int count;

    /** A partition. */
    record Item(UUID topic, int partition) {}

    /** @param place the member's place in the input */
    Load(int place, Subscribers subscribers) {
        this.place = place;
        this.subscribers = subscribers;
    }

    int place() {
        return place;
    }

    /** The members with its subscription and rack, itself included. */
    Subscribers subscribers() {
        return subscribers;
    }

    int count() {
        return count;
    }

    /** Whether it has a partition of one of these topics. */
    boolean hasOneOf(Set<UUID> topics) {
        return !Collections.disjoint(topics, partitions.keySet());
    }

    Assignment partitions() {
        return Assignment.of(partitions);
    }

    /** Gives it a partition that it had before. */
    void retain(Item item) {
        partitions.computeIfAbsent(item.topic, absent -> new TreeSet<>()).add(item.partition);
        count++;
    }

    /** Gives it a partition that it did not have. */
    void add(Item item) {
        retain(item);
        added.add(item);
    }

    /**
     * Takes away a partition of one of these topics; the member must have one. Partitions that it did not have before are taken
     * first.
     *
     * @param gain the partition with the highest is taken
     * @param gainMax no gain is higher
     */
    Item take(Set<UUID> topics, ToIntFunction<Item> gain, int gainMax) {
        Best best = new Best(gain, gainMax);
        for (Item item : added) {
            if (topics.contains(item.topic) && best.isFoundAfter(item)) {
                break;
            }
        }
        if (best.item == null) {
            compareRetained(topics, best);
        }
        Item taken = best.found();
        added.remove(taken);
        SortedSet<Integer> ofTopic = partitions.getOrDefault(taken.topic, Collections.emptySortedSet());
        ofTopic.remove(taken.partition);
        if (ofTopic.isEmpty()) {
            partitions.remove(taken.topic);
        }
        count--;
        return taken;
    }

    private void compareRetained(Set<UUID> topics, Best best) {
        for (var topic : partitions.entrySet()) {
            if (!topics.contains(topic.getKey())) {
                continue;
            }
            for (int partition : topic.getValue()) {
                if (best.isFoundAfter(new Item(topic.getKey(), partition))) {
                    return;
                }
            }
        }
    }

    /** The partition with the highest gain so far. */
    private static final class Best {
        private final ToIntFunction<Item> gain;
        private final int gainMax;
        private @Nullable Item item;
        private int gained;
        private int compared;

        Best(ToIntFunction<Item> gain, int gainMax) {
            this.gain = gain;
            this.gainMax = gainMax;
        }

        /** Whether the search may end after another partition has been compared. */
        boolean isFoundAfter(Item next) {
            int gainOfNext = gain.applyAsInt(next);
            if (item == null || gainOfNext > gained) {
                item = next;
                gained = gainOfNext;
            }
            compared++;
            return gained == gainMax || compared == COMPARED_MAX;
        }

        Item found() {
            if (item == null) {
                throw new IllegalStateException("no partition to take");
            }
            return item;
        }
    }
}
