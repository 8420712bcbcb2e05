package io.tailrace.client;

import io.tailrace.protocol.TopicPartition;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A consumer's membership of its group, by one of the protocols. Guarded by the {@link Assignment}'s monitor.
 *
 * <p>The consumer's thread sends what is due ({@link #step}). What the group decides becomes a {@link Transition}, which the thread
 * that polls carries out, since listeners are called and offsets committed on the way.
 */
interface Membership {

    /**
     * What the consumer must change.
     *
     * @param target the partitions to read from now on
     * @param isLost whether the group has removed the consumer, so that the partitions are no longer its own
     */
    record Transition(Set<TopicPartition> target, boolean isLost) {}

    /** The topics to read have changed. */
    void subscribe(Collection<String> topics);

    /** Sends what is due. Returns the time by which to call again. */
    long step(long nowMs);

    /** The change that waits for the consumer, or null. */
    @Nullable
    Transition pending();

    /** The consumer has made the pending change, unless there is a newer one by now. */
    void completed(Transition transition);

    /** As whom to commit offsets now. */
    MemberIdentity identity();

    /** The failure that ends the membership, or null. */
    @Nullable
    ClientException failure();

    /**
     * Leaves the group. The partitions are lost; the next step joins again.
     *
     * @return completes when the coordinator has answered, exceptionally if it does not
     */
    CompletableFuture<Boolean> leave();
}
