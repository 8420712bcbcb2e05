package io.tailrace.groups.assignor;

import java.util.Comparator;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Members in the same rack that subscribe to the same topics; those with the fewest partitions come first. Not thread-safe. */
final class Subscribers {
    static final Comparator<Load> FEWEST_FIRST =
            Comparator.comparingInt(Load::count).thenComparingInt(Load::place);

    private final Set<UUID> topics;
    private final @Nullable String rack;
    private final NavigableSet<Load> members = new TreeSet<>(FEWEST_FIRST);

    /** @param rack null if unknown */
    Subscribers(Set<UUID> topics, @Nullable String rack) {
        this.topics = topics;
        this.rack = rack;
    }

    Set<UUID> topics() {
        return topics;
    }

    /** Whether a replica is in the members' rack. */
    boolean isIn(Set<String> racks) {
        return rack != null && racks.contains(rack);
    }

    /** The members; must be taken out before their counts change. */
    NavigableSet<Load> members() {
        return members;
    }
}
