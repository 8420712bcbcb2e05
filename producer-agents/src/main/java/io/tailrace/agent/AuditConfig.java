package io.tailrace.agent;

/**
 * How an agent states what it has sent. Immutable.
 *
 * @param topic topic of the counts
 * @param progressTopic topic of the statements up to which time everything is sent
 * @param intervalMs how often both are sent
 * @param disorderMs how much later than lines with later event times a line may be written
 */
record AuditConfig(String topic, String progressTopic, long intervalMs, long disorderMs) {}
