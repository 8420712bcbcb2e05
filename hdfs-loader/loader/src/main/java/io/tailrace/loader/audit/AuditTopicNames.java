package io.tailrace.loader.audit;

/**
 * The topics that agents report to.
 *
 * @param counts the topic of {@code AuditCount}
 * @param progress the topic of {@code AuditProgress}
 */
public record AuditTopicNames(String counts, String progress) {}
