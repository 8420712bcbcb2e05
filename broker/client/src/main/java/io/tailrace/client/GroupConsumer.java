package io.tailrace.client;

import io.tailrace.protocol.TopicPartition;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;

/**
 * A consumer that may join a group, which divides the partitions of topics among its members. {@link #poll} carries out the
 * group's decisions. A consumer that does not poll for {@code max.poll.interval.ms} leaves. If it crashes, another member starts
 * at the committed offsets.
 */
public interface GroupConsumer extends Consumer {

    /** Creates a consumer that reads nothing yet. */
    static GroupConsumer create(ConsumerConfig config) {
        return new FetchingConsumer(config);
    }

    /**
     * Joins the group with the next {@link #poll}, to read these topics. Replaces any earlier subscription.
     *
     * @throws IllegalStateException if there is no {@code group.id}, or partitions are {@linkplain #assign assigned}
     */
    default void subscribe(Collection<String> topics) {
        subscribe(topics, RebalanceListener.NONE);
    }

    /** Like {@link #subscribe(Collection)}, with a listener. */
    void subscribe(Collection<String> topics, RebalanceListener listener);

    /** Subscribes to all topics whose whole name matches, also those that are created later; never to internal ones. */
    void subscribe(Pattern topics, RebalanceListener listener);

    /** Gives up all partitions, and leaves the group. */
    void unsubscribe();

    /**
     * The consumer's identity in its group; empty while it is not a member. The epoch can rise at any moment, but before an epoch
     * gives a partition to another member, this consumer has given it up.
     */
    Optional<MemberIdentity> member();

    /** Stops fetching and returning records of these assigned partitions until {@link #resume}. Does not affect the group. */
    void pause(Collection<TopicPartition> partitions);

    /** Ends {@link #pause}. */
    void resume(Collection<TopicPartition> partitions);

    /** Commits offsets without waiting. The future fails with a {@link ClientException}; there is no retry. */
    CompletableFuture<Void> commitAsync(Map<TopicPartition, Long> offsets);
}
