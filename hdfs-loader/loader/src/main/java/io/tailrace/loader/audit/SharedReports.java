package io.tailrace.loader.audit;

import java.io.IOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What agents reported, read once for all topics of a run. Thread-safe. */
public final class SharedReports {
    private final AuditRun.AuditTopicNames names;
    private final Set<String> topics;
    private final Set<String> withoutHosts;
    private final AuditRun.Dependencies dependencies;
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
    public SharedReports(
            AuditRun.AuditTopicNames names,
            Set<String> topics,
            Set<String> withoutHosts,
            AuditRun.Dependencies dependencies) {
        this.names = names;
        this.topics = Set.copyOf(topics);
        this.withoutHosts = Set.copyOf(withoutHosts);
        this.dependencies = dependencies;
    }

    /**
     * Returns the reports. They are read once: a failure is that of all topics, and the next run tries again.
     *
     * @throws IOException if a record is not what an agent writes, or a partition delivers nothing; the message names it
     */
    synchronized AgentReports read() throws IOException {
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
            AgentReports read = new AuditTopics(dependencies).read(names.counts(), names.progress(), topics);
            for (String topic : topics) {
                for (AgentId agent : read.agents(topic)) {
                    if (withoutHosts.contains(agent.host())) {
                        read.forget(topic, agent);
                    }
                }
            }
            return read;
        } catch (IOException | RuntimeException e) {
            failure = e;
            throw e;
        }
    }
}
