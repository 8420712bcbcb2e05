package io.tailrace.loader.audit;

import io.tailrace.loader.table.PathPartition;

/**
 * The audit of one host's records in an hour of a topic.
 *
 * @param topic the topic
 * @param hour the hour of event time
 * @param host the host; empty for records without one
 * @param read lines that agents read: acknowledged and rejected ones
 * @param acknowledged records that brokers acknowledged
 * @param loaded rows in the table
 * @param rejected lines that agents rejected
 * @param verdict the result
 * @param detail how many are missing or extra, or what the hour waits for; empty if the verdict needs no explanation
 */
public record HostAudit(
        String topic,
        PathPartition hour,
        String host,
        long read,
        long acknowledged,
        long loaded,
        long rejected,
        Verdict verdict,
        String detail) {}
