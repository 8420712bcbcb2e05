package io.tailrace.server.transaction;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.transactions.OwedMarker;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A transaction that ends: its markers that are not known to be written. Confined to one thread at a time. */
final class Ending {
    private final Map<TopicPartition, Delivery> partitions = new TreeMap<>();

    /** The report that a transaction without partitions has ended. */
    private @Nullable Delivery empty;

    /** What the shard has said last. Null once this broker does not know that the transaction owes markers. */
    private @Nullable OwedMarker marker;

    private int coordinatorEpoch;

    /** The shard says what the transaction owes. What is under way stays under way. */
    void owe(OwedMarker owed, int epoch, long nowMs) {
        marker = owed;
        coordinatorEpoch = epoch;
        partitions
                .entrySet()
                .removeIf(each ->
                        !each.getValue().isUnderWay() && !owed.partitions().contains(each.getKey()));
        owed.partitions().forEach(each -> partitions.computeIfAbsent(each, absent -> new Delivery(nowMs)));
        if (owed.partitions().isEmpty() && partitions.isEmpty() && empty == null) {
            empty = new Delivery(nowMs);
        }
    }

    /** The transaction may owe nothing. What is under way is kept until it is answered. */
    void forget() {
        marker = null;
        partitions.values().removeIf(delivery -> !delivery.isUnderWay());
        if (empty != null && !empty.isUnderWay()) {
            empty = null;
        }
    }

    boolean isOwed() {
        return marker != null;
    }

    boolean isEmpty() {
        return partitions.isEmpty() && empty == null;
    }

    /** What is owed. Not to be called unless {@link #isOwed}. */
    OwedMarker marker() {
        if (marker == null) {
            throw new IllegalStateException("the transaction owes no markers");
        }
        return marker;
    }

    int coordinatorEpoch() {
        return coordinatorEpoch;
    }

    Map<TopicPartition, Delivery> partitions() {
        return partitions;
    }

    Collection<Delivery> deliveries() {
        if (empty == null) {
            return partitions.values();
        }
        Collection<Delivery> all = new ArrayList<>(partitions.values());
        all.add(empty);
        return all;
    }

    /** The partitions to report now. Empty if there is nothing to report. */
    Optional<Set<TopicPartition>> takeArrived(long nowMs) {
        if (empty != null && empty.isDue(nowMs)) {
            empty.report();
            return Optional.of(Collections.emptySet());
        }
        Set<TopicPartition> arrived = new TreeSet<>();
        partitions.forEach((partition, delivery) -> {
            if (delivery.hasArrived()) {
                arrived.add(partition);
                delivery.report();
            }
        });
        return arrived.isEmpty() ? Optional.empty() : Optional.of(arrived);
    }

    void answered(TopicPartition partition, ErrorCode error, long nowMs) {
        Delivery delivery = partitions.get(partition);
        if (delivery == null) {
            return;
        }
        if (!isOwed()) {
            partitions.remove(partition);
        } else if (error == ErrorCode.NONE) {
            delivery.arrive();
        } else {
            delivery.tryAgain(nowMs);
        }
    }

    void reported(Set<TopicPartition> reported, ErrorCode error, long nowMs) {
        boolean isOver = error == ErrorCode.NONE || !isOwed();
        Map<TopicPartition, Delivery> found = new HashMap<>(partitions);
        found.keySet().retainAll(reported);
        found.forEach((partition, delivery) -> {
            if (isOver) {
                partitions.remove(partition);
            } else {
                delivery.tryAgain(nowMs);
            }
        });
        if (reported.isEmpty() && empty != null) {
            if (isOver) {
                empty = null;
            } else {
                empty.tryAgain(nowMs);
            }
        }
    }
}
