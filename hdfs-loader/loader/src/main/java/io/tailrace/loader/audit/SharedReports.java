package io.tailrace.loader.audit;

import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What agents reported, read once for all topics of a run. Thread-safe. */
public final class SharedReports {
    /** For how long other topics get the failure of one, instead of waiting for the same brokers. */
    private static final Duration SHARED_FAILURE = Duration.ofSeconds(10);

    /** A partition that delivers nothing fails only after a minute, so it must not be read for each topic. */
    private static final int ATTEMPTS_MAX = 3;

    private final AuditTopicNames names;
    private final Set<String> topics;
    private final Set<String> withoutHosts;
    private final AuditServices services;
    /** Guarded by {@code this}. Not changed once it is set. */
    private @Nullable AgentReports reports;

    /** Guarded by {@code this}. */
    private @Nullable Exception failure;

    /** Guarded by {@code this}. */
    private long failedNanos;

    /** Guarded by {@code this}. */
    private int attempts;

    /**
     * Describes what to read.
     *
     * @param topics the topics to audit
     * @param withoutHosts hosts whose agents no hour waits for
     */
    public SharedReports(AuditTopicNames names, Set<String> topics, Set<String> withoutHosts, AuditServices services) {
        this.names = names;
        this.topics = Set.copyOf(topics);
        this.withoutHosts = Set.copyOf(withoutHosts);
        this.services = services;
    }

    /**
     * Returns the reports, which are read once. After a failure, topics that ask soon get the same failure. Later ones try again,
     * {@link #ATTEMPTS_MAX} times in all.
     *
     * @throws IOException if a record is not what an agent writes, or a partition delivers nothing; the message names it
     */
    public synchronized AgentReports read() throws IOException {
        AgentReports known = reports;
        if (known != null) {
            return known;
        }
        Exception former = failure;
        boolean isRecent = services.nanoTime().getAsLong() - failedNanos < SHARED_FAILURE.toNanos();
        if (former != null && (isRecent || attempts == ATTEMPTS_MAX)) {
            throw new IOException(former.getMessage(), former);
        }
        attempts++;
        try {
            AgentReports read = new AuditTopics(services).read(names, new AgentReports(topics, withoutHosts));
            reports = read;
            return read;
        } catch (IOException | RuntimeException e) {
            failure = e;
            failedNanos = services.nanoTime().getAsLong();
            throw e;
        }
    }
}
