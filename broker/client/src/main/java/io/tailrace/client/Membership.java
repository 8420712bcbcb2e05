package io.tailrace.client;

import io.tailrace.protocol.TopicPartition;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A consumer's membership of its group, by one of the protocols. Guarded by the {@link Assignment}'s monitor.
 *
 * <p>The consumer's thread sends the requests that are due ({@link #step}). A decision of the group becomes a {@link Transition},
 * which the polling thread carries out, because that calls listeners and commits offsets.
 */
interface Membership {

    /**
     * A change that the consumer must make.
     *
     * @param target the partitions to read from now on
     * @param isLost whether the group has removed the consumer, so that the partitions are no longer its own
     */
    record Transition(Set<TopicPartition> target, boolean isLost) {}

    /** The topics to read have changed. */
    void subscribe(Collection<String> topics);

    /** Sends the requests that are due. Returns the time by which to call again. */
    long step(long nowMs);

    /** The change that waits for the consumer, or null. */
    @Nullable
    Transition pending();

    /** The consumer has made this change, which is no longer pending unless a newer one has replaced it. */
    void completed(Transition transition);

    /** The identity to commit offsets under now. */
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
