package io.tailrace.server.config;

/**
 * Creation and deletion of topics.
 *
 * @param partitions {@code num.partitions}
 * @param replicationFactor {@code default.replication.factor}
 * @param automatic {@code auto.create.topics.enable}: whether a request for an unknown topic creates it
 * @param deletable {@code delete.topic.enable}
 */
public record TopicCreationConfig(int partitions, int replicationFactor, boolean automatic, boolean deletable) {}
