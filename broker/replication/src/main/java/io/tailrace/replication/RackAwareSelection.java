package io.tailrace.replication;

import io.tailrace.replication.cluster.Broker;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Selects the follower from which a consumer reads (KIP-392). */
final class RackAwareSelection {
    private RackAwareSelection() {}

    /** As {@link Leader#followerInRack}. */
    static OptionalInt followerInRack(Leader leader, String rack, long fetchOffset) {
        PartitionView view = leader.view();
        if (rack.isEmpty()
                || isInRack(view.brokers().get(view.self().brokerId()), rack)
                || !(leader.consumerFetch(fetchOffset) instanceof FetchVerdict.Read)) {
            return OptionalInt.empty();
        }
        FollowerProgress longest = null;
        for (FollowerProgress follower : leader.followers()) {
            if (serves(view, follower, rack, fetchOffset)
                    && (longest == null || follower.endOffset() > longest.endOffset())) {
                longest = follower;
            }
        }
        return longest == null
                ? OptionalInt.empty()
                : OptionalInt.of(longest.follower().brokerId());
    }

    private static boolean serves(PartitionView view, FollowerProgress follower, String rack, long fetchOffset) {
        Broker broker = view.brokers().get(follower.follower().brokerId());
        return broker != null
                && isInRack(broker, rack)
                && view.registered(follower.follower())
                && !broker.draining()
                && view.state().isr().contains(follower.follower())
                && follower.startOffset() <= fetchOffset
                && fetchOffset <= follower.endOffset();
    }

    private static boolean isInRack(@Nullable Broker broker, String rack) {
        return broker != null && rack.equals(broker.rackOrNull());
    }
}
