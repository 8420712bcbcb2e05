package io.tailrace.server.partition;

import io.tailrace.server.config.TopicSettings;
import java.util.UUID;

/**
 * The topic of a partition as it is when the partition is opened.
 *
 * @param id differs from the id of an earlier topic of the same name
 * @param traffic counts of the topic
 */
record PartitionTopic(UUID id, TopicSettings settings, TopicTraffic traffic) {}
