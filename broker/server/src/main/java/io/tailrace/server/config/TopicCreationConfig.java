package io.tailrace.server.config;

/**
 * New topics, and the end of old ones.
 *
 * @param partitions {@code num.partitions}
 * @param replicationFactor {@code default.replication.factor}
 * @param automatic {@code auto.create.topics.enable}: whether asking for a topic creates it
 * @param deletable {@code delete.topic.enable}
 */
public record TopicCreationConfig(int partitions, int replicationFactor, boolean automatic, boolean deletable) {}
