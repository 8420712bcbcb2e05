package io.tailrace.loader.audit;

import java.io.IOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What agents reported, read once for all topics of a run. Thread-safe. */
public final class SharedReports {
    private final AuditTopicNames names;
    private final Set<String> topics;
    private final Set<String> withoutHosts;
    private final AuditServices services;
    /** Guarded by {@code this}. Not changed once it is set. */
    private @Nullable AgentReports reports;

    /** Guarded by {@code this}. */
    private @Nullable Exception failure;

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
     * Returns the reports. They are read once: a failure is that of all topics, and the next run tries again.
     *
     * @throws IOException if a record is not what an agent writes, or a partition delivers nothing; the message names it
     */
    public synchronized AgentReports read() throws IOException {
        if (failure != null) {
            throw new IOException(failure.getMessage(), failure);
        }
        if (reports == null) {
            reports = readTopics();
        }
        return reports;
    }

    private AgentReports readTopics() throws IOException {
        try {
            return new AuditTopics(services).read(names, new AgentReports(topics, withoutHosts));
        } catch (IOException | RuntimeException e) {
            failure = e;
            throw e;
        }
    }
}
