package io.tailrace.loader.hours;

import io.tailrace.loader.audit.Verdict;
import io.tailrace.schemas.audit.ContentSum;

/**
 * What is known of a host's records in an hour.
 *
 * @param verdict the result of the audit
 * @param read lines that agents read: acknowledged and rejected ones
 * @param acknowledged records that brokers acknowledged
 * @param loaded count and sum of the rows
 */
public record HostFigures(Verdict verdict, long read, long acknowledged, ContentSum loaded) {}
