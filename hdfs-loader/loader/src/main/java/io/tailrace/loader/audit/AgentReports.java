package io.tailrace.loader.audit;

import io.tailrace.loader.table.PathPartition;
import io.tailrace.schemas.audit.ContentSum;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** All that agents reported about some topics. Counts that were sent again count once. Not thread-safe. */
public final class AgentReports {
    private final Set<String> topics;
    private final Set<String> withoutHosts;
    private final Map<AgentId, SequenceRanges> received = new HashMap<>();
    private final Map<String, SortedMap<PathPartition, SortedMap<String, Sent>>> sent = new HashMap<>();
    private final Map<String, SortedMap<AgentId, AgentProgress>> progress = new HashMap<>();
    private boolean countsRemoved;
    private long countsSinceMs = Long.MIN_VALUE;

    /**
     * Creates reports without contents.
     *
     * @param topics the topics that are audited; what concerns others is left out
     * @param withoutHosts hosts whose agents no hour waits for: their progress is left out, their counts are not
     */
    AgentReports(Set<String> topics, Set<String> withoutHosts) {
        this.topics = Set.copyOf(topics);
        this.withoutHosts = Set.copyOf(withoutHosts);
    }

    /**
     * What the agents of a host sent to a topic in an hour.
     *
     * @param acknowledged count and sum of the acknowledged records
     * @param summed whether all agents summed; if not, only the count is valid
     * @param rejected lines that became dead letters
     */
    public record Sent(ContentSum acknowledged, boolean summed, long rejected) {
        static final Sent NOTHING = new Sent(ContentSum.ZERO, true, 0);

        private Sent plus(AgentCount count) {
            ContentSum sum = count.sum().orElse(new ContentSum(count.count(), 0, 0));
            return new Sent(acknowledged.plus(sum), summed && count.sum().isPresent(), rejected + count.rejected());
        }
    }

    /** Adds a count, unless the same one was added before. */
    void add(AgentCount count) {
        boolean isNew = received.computeIfAbsent(count.agent(), first -> new SequenceRanges())
                .add(count.sequence());
        if (isNew && topics.contains(count.topic()) && PathPartition.exists(count.windowStartMs())) {
            sent.computeIfAbsent(count.topic(), first -> new TreeMap<>())
                    .computeIfAbsent(PathPartition.of(count.windowStartMs()), first -> new TreeMap<>())
                    .merge(count.agent().host(), Sent.NOTHING.plus(count), (before, unused) -> before.plus(count));
        }
    }

    /** Adds the progress of an agent in a topic, which replaces its earlier one. */
    void add(AgentProgress reported) {
        if (topics.contains(reported.topic())
                && !withoutHosts.contains(reported.agent().host())) {
            progress.computeIfAbsent(reported.topic(), first -> new TreeMap<>()).put(reported.agent(), reported);
        }
    }

    /** Records that retention has deleted counts. */
    void countsRemoved() {
        countsRemoved = true;
    }

    /** Records that retention has deleted counts, at most those that were sent before a time. */
    void countsRemoved(long beforeMs) {
        countsRemoved = true;
        countsSinceMs = Math.max(countsSinceMs, beforeMs);
    }

    /** Since when all counts are there, in milliseconds since the epoch; those of earlier event times may be deleted. */
    public long countsSinceMs() {
        return countsSinceMs;
    }

    /** Returns what was sent to a topic in an hour, by host. */
    public SortedMap<String, Sent> sent(String topic, PathPartition hour) {
        SortedMap<PathPartition, SortedMap<String, Sent>> hours = sent.get(topic);
        return hours == null ? new TreeMap<>() : hours.getOrDefault(hour, new TreeMap<>());
    }

    /**
     * Returns up to which event time all agents have sent everything to a topic, exclusive; empty if no agent reports its
     * progress.
     */
    public OptionalLong readUpToMs(String topic) {
        return progress.getOrDefault(topic, new TreeMap<>()).values().stream()
                .mapToLong(AgentProgress::readUpToMs)
                .min();
    }

    /** Whether an agent of a host reports its progress in a topic. */
    boolean knows(String topic, String host) {
        return progress.getOrDefault(topic, new TreeMap<>()).keySet().stream()
                .anyMatch(agent -> agent.host().equals(host));
    }

    /** Whether an agent reports its progress in a topic. */
    public boolean hasAgents(String topic) {
        return progress.containsKey(topic);
    }

    /** Returns the hours in which something was sent to a topic. */
    public SortedSet<PathPartition> hours(String topic) {
        SortedMap<PathPartition, SortedMap<String, Sent>> hours = sent.get(topic);
        return hours == null ? new TreeSet<>() : new TreeSet<>(hours.keySet());
    }

    /**
     * Returns why a topic's hour may still get records from agents, by host: an agent has not read up to the end of the hour, or
     * a count has not arrived.
     *
     * @param endMs end of the hour, exclusive
     */
    public SortedMap<String, List<String>> unfinished(String topic, long endMs) {
        SortedMap<String, List<String>> reasons = new TreeMap<>();
        SortedMap<AgentId, AgentProgress> agents = progress.getOrDefault(topic, new TreeMap<>());
        agents.forEach((agent, reported) -> {
            if (reported.readUpToMs() < endMs) {
                add(reasons, agent, behind(reported));
            }
            SequenceRanges counts = received.getOrDefault(agent, new SequenceRanges());
            // All counts were acknowledged before they were read here, so if none is left, retention has deleted them.
            boolean areDeleted = countsRemoved && counts.isEmpty();
            if (reported.nextSequence() > 0 && !areDeleted && !counts.reaches(reported.nextSequence())) {
                add(
                        reasons,
                        agent,
                        "counts " + counts.firstMissing() + " to " + (reported.nextSequence() - 1) + " of agent "
                                + agent.agent() + " are not all in the audit topic");
            }
        });
        return reasons;
    }

    private static void add(SortedMap<String, List<String>> reasons, AgentId agent, String reason) {
        reasons.computeIfAbsent(agent.host(), first -> new ArrayList<>()).add(reason);
    }

    private static String behind(AgentProgress reported) {
        String upTo = reported.readUpToMs() == 0
                ? "has not reported how far it has read"
                : "has read up to " + Instant.ofEpochMilli(reported.readUpToMs());
        String reason = "agent " + reported.agent().agent() + (reported.stopped() ? " was stopped and " : " ") + upTo;
        return reported.waitingFor().isEmpty()
                ? reason
                : reason + ", waiting for " + String.join("; ", reported.waitingFor());
    }
}
