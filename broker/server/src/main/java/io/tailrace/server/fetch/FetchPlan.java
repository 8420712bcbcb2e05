package io.tailrace.server.fetch;

import io.tailrace.protocol.message.FetchRequest;
import io.tailrace.server.partition.Partitions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The partitions that a client fetches, and which of them must be looked at.
 *
 * <p>A partition is <em>active</em> until a look at it finds nothing to read and nothing to report. From then on it costs nothing
 * until it changes or the client wants something else from it. So the cost of a fetch depends on the active partitions, not on
 * the size of the plan. Partitions that were answered with records go to the end of the queue, so that every partition gets its
 * turn.
 *
 * <p>Used by one fetch at a time, except for {@link #changes}.
 */
final class FetchPlan {
    private final Partitions partitions;
    private final Requester requester;
    private final boolean isRackAware;
    private final Map<FetchedTopic, Map<Integer, PlannedPartition>> topics = new LinkedHashMap<>();
    private final Set<PlannedPartition> active = new LinkedHashSet<>();
    private final PlanChanges changes = new PlanChanges();
    private boolean follows;
    private int size;
    private long readableBytes;

    /** @param isRackAware whether followers serve consumers in their rack */
    FetchPlan(Partitions partitions, Requester requester, boolean isRackAware) {
        this.partitions = partitions;
        this.requester = requester;
        this.isRackAware = isRackAware;
    }

    Partitions partitions() {
        return partitions;
    }

    Requester requester() {
        return requester;
    }

    PlanChanges changes() {
        return changes;
    }

    /** Whether a consumer may be sent to a follower in its rack. */
    boolean selectsReplicas() {
        return isRackAware && !requester.isFollower();
    }

    /**
     * Whether a fetch that waits is woken and answered for offsets alone: consumers of the follower wait for its high watermark.
     */
    boolean wakesForOffsets() {
        return isRackAware && requester.isFollower() && follows;
    }

    /** Whether changes of its partitions are marked. */
    boolean follows() {
        return follows;
    }

    /** The number of partitions. */
    int size() {
        return size;
    }

    /** Bytes that can be read, as far as the looks so far show. */
    long readableBytes() {
        return readableBytes;
    }

    void readableBytesChanged(int difference) {
        readableBytes += difference;
    }

    /** Adds partitions, or replaces the requests for them. Returns them. */
    List<PlannedPartition> want(List<FetchRequest.Topic> wanted) {
        List<PlannedPartition> named = new ArrayList<>();
        for (FetchRequest.Topic topic : wanted) {
            FetchedTopic fetched = FetchedTopic.of(topic, requester);
            Map<Integer, PlannedPartition> ofTopic = topics.computeIfAbsent(fetched, absent -> new LinkedHashMap<>());
            for (FetchRequest.Partition part : topic.partitions()) {
                named.add(want(ofTopic, fetched, part));
            }
        }
        return named;
    }

    private PlannedPartition want(
            Map<Integer, PlannedPartition> ofTopic, FetchedTopic topic, FetchRequest.Partition part) {
        PlannedPartition known = ofTopic.get(part.partition());
        if (known != null) {
            known.want(part);
            active.add(known);
            return known;
        }
        PlannedPartition added = new PlannedPartition(this, topic, part);
        ofTopic.put(part.partition(), added);
        active.add(added);
        size++;
        return added;
    }

    /** Removes partitions. Those that the plan does not have are ignored. */
    void forget(List<FetchRequest.ForgottenTopic> forgotten) {
        for (FetchRequest.ForgottenTopic topic : forgotten) {
            FetchedTopic fetched = FetchedTopic.of(topic, requester);
            Map<Integer, PlannedPartition> ofTopic = topics.get(fetched);
            if (ofTopic == null) {
                continue;
            }
            for (int index : topic.partitions()) {
                remove(ofTopic.remove(index));
            }
            if (ofTopic.isEmpty()) {
                topics.remove(fetched);
            }
        }
    }

    private void remove(@Nullable PlannedPartition partition) {
        if (partition != null) {
            partition.stopFollowing();
            partition.changed();
            active.remove(partition);
            size--;
        }
    }

    private boolean has(PlannedPartition partition) {
        Map<Integer, PlannedPartition> ofTopic = topics.get(partition.topic());
        return ofTopic != null && ofTopic.get(partition.index()) == partition;
    }

    /**
     * Marks changes from now on, and those that happened since partitions were last read. A partition that is read for the first
     * time later is followed from then on.
     */
    void follow() {
        if (!follows) {
            follows = true;
            forEach(PlannedPartition::follow);
        }
    }

    /** Takes the partitions that have changed and must be looked at. */
    List<PlannedPartition> takeChanged() {
        List<PlannedPartition> taken = changes.take();
        if (taken.isEmpty()) {
            return taken;
        }
        List<PlannedPartition> changed = taken.stream().filter(this::has).toList();
        changed.forEach(PlannedPartition::changed);
        active.addAll(changed);
        return changed;
    }

    /** The active partitions, in their order. */
    Collection<PlannedPartition> active() {
        return List.copyOf(active);
    }

    /** Keeps the partition active if it has anything to answer. */
    void settle(PlannedPartition partition) {
        if (partition.isQuiet() && !partition.hasNews()) {
            active.remove(partition);
        }
    }

    /** The partition is answered. With records it stays active, behind the others. */
    void answered(PlannedPartition partition, boolean withRecords) {
        partition.answered();
        if (withRecords) {
            active.remove(partition);
            active.add(partition);
        } else {
            settle(partition);
        }
    }

    /** Calls {@code action} with each partition, in the order in which they were added, by topic. */
    void forEach(Consumer<PlannedPartition> action) {
        topics.values().forEach(ofTopic -> ofTopic.values().forEach(action));
    }

    /** Ends the calls of all partitions. */
    void close() {
        if (follows) {
            forEach(PlannedPartition::stopFollowing);
        }
    }
}
