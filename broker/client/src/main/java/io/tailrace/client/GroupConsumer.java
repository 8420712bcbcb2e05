package io.tailrace.client;

import io.tailrace.protocol.TopicPartition;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;

/**
 * A consumer that may join a group, which divides the partitions of topics among its members. {@link #poll} carries out what the group
 * decides; a consumer that does not poll for {@code max.poll.interval.ms} leaves. If the consumer crashes, another member starts at
 * the committed offsets.
 */
public interface GroupConsumer extends Consumer {

    /** Creates a consumer that reads nothing yet. */
    static GroupConsumer create(ConsumerConfig config) {
        return new FetchingConsumer(config);
    }

    /**
     * Joins the group with the next {@link #poll}, to read these topics. Replaces a former subscription.
     *
     * @throws IllegalStateException if there is no {@code group.id}, or partitions are {@linkplain #assign assigned}
     */
    default void subscribe(Collection<String> topics) {
        subscribe(topics, RebalanceListener.NONE);
    }

    /** As {@link #subscribe(Collection)}, with a listener. */
    void subscribe(Collection<String> topics, RebalanceListener listener);

    /** Subscribes to all topics whose whole name matches, also those that are created later; never to internal ones. */
    void subscribe(Pattern topics, RebalanceListener listener);

    /** Gives up all partitions, and leaves the group. */
    void unsubscribe();

    /**
     * The member of the group that the consumer is; empty while it is none. Its epoch can rise at any moment, but the consumer holds
     * a partition that the next epoch gives to another member only in the epochs before.
     */
    Optional<MemberIdentity> member();

    /** Neither fetches nor returns records of these assigned partitions, until {@link #resume}. The group does not notice. */
    void pause(Collection<TopicPartition> partitions);

    /** Ends {@link #pause}. */
    void resume(Collection<TopicPartition> partitions);

    /** Commits offsets without waiting. The future fails with a {@link ClientException}; there is no retry. */
    CompletableFuture<Void> commitAsync(Map<TopicPartition, Long> offsets);
}
