package io.tailrace.agent.inspect;

import io.tailrace.agent.inspect.CheckReport.Finding;
import io.tailrace.client.ClientException;
import io.tailrace.client.ClusterAdmin;
import io.tailrace.client.ClusterDescription;
import io.tailrace.client.ConfigEntry;
import io.tailrace.client.TopicDescription;
import io.tailrace.protocol.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Checks that the brokers answer, and that they take what an agent sends to a topic. */
public final class BrokerCheck {
    /** What is said of a topic that does not exist, and need not. */
    static final String CREATED_BY_THE_AGENT = "does not exist yet: the agent creates it";

    private final ClusterAdmin admin;
    private final String bootstrap;
    private final Limits limits;
    /** Whether brokers create a topic that is asked for; empty if they do not say. */
    private volatile Optional<Boolean> createsTopics = Optional.empty();

    /**
     * What an agent sends at most.
     *
     * @param batchBytes of a batch, uncompressed
     * @param eventAheadMs how far an event may be ahead of the clock
     */
    public record Limits(int batchBytes, long eventAheadMs) {}

    public BrokerCheck(ClusterAdmin admin, String bootstrap, Limits limits) {
        this.admin = admin;
        this.bootstrap = bootstrap;
        this.limits = limits;
    }

    /** Whether brokers answer at all. If they do not, nothing is known of topics. */
    public List<Finding> cluster() {
        try {
            List<ClusterDescription.Node> nodes = admin.cluster().nodes();
            if (nodes.isEmpty()) {
                return List.of(Finding.fail("brokers", "the cluster of " + bootstrap + " has no live broker"));
            }
            createsTopics = createsTopics(nodes.get(0).id());
            return List.of(Finding.ok("brokers", "a cluster of " + nodes.size() + " answers at " + bootstrap));
        } catch (ClientException e) {
            return List.of(Finding.fail(
                    "brokers", "no broker answers at bootstrap.servers=" + bootstrap + ": " + e.getMessage()));
        }
    }

    private Optional<Boolean> createsTopics(int broker) {
        try {
            return ConfigEntry.valueOf(admin.brokerConfig(broker), "auto.create.topics.enable")
                    .map(Boolean::valueOf);
        } catch (ClientException e) {
            // Not every user may read it.
            return Optional.empty();
        }
    }

    /**
     * Checks a topic.
     *
     * @param createdByTheAgent whether the agent creates the topic if it does not exist
     */
    public List<Finding> topic(String topic, boolean createdByTheAgent) {
        String subject = "topic " + topic;
        try {
            TopicDescription described = admin.describe(List.of(topic)).get(topic);
            return described == null ? unknown(topic, createdByTheAgent) : found(described);
        } catch (ClientException e) {
            return e.errorCode() == ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
                    ? unknown(topic, createdByTheAgent)
                    : List.of(Finding.fail(subject, String.valueOf(e.getMessage())));
        }
    }

    private List<Finding> unknown(String topic, boolean createdByTheAgent) {
        String subject = "topic " + topic;
        if (createdByTheAgent) {
            return List.of(Finding.ok(subject, CREATED_BY_THE_AGENT));
        }
        String create = "tailrace topics create --bootstrap-server " + bootstrap + " --topic " + topic;
        return List.of(
                createsTopics.orElse(false)
                        ? Finding.warn(
                                subject,
                                "does not exist: brokers create it with their defaults; for other ones: " + create)
                        : Finding.fail(subject, "does not exist: " + create));
    }

    private List<Finding> found(TopicDescription topic) {
        String subject = "topic " + topic.name();
        List<Finding> findings = new ArrayList<>();
        long leaderless = topic.partitions().stream()
                .filter(partition -> partition.leader().isEmpty())
                .count();
        if (leaderless > 0) {
            findings.add(Finding.fail(
                    subject,
                    leaderless + " of " + topic.partitions().size()
                            + " partitions have no leader: start their brokers"));
        }
        limits(topic.name()).forEach((key, value) -> findings.add(Finding.warn(subject, key + "=" + value)));
        if (findings.isEmpty()) {
            findings.add(Finding.ok(subject, topic.partitions().size() + " partitions"));
        }
        return findings;
    }

    /** What the topic's configuration refuses of what the agent sends, by key: its value, and what follows from it. */
    private Map<String, String> limits(String topic) {
        List<ConfigEntry> entries = admin.topicConfig(topic);
        Map<String, String> refused = new TreeMap<>();
        value(entries, "max.message.bytes")
                .filter(bytes -> bytes < limits.batchBytes)
                .ifPresent(bytes -> refused.put(
                        "max.message.bytes",
                        bytes + ": a batch has up to " + limits.batchBytes
                                + " bytes before it is compressed; larger ones are divided, and slower"));
        value(entries, "message.timestamp.after.max.ms")
                .filter(ms -> ms < limits.eventAheadMs)
                .ifPresent(ms -> refused.put(
                        "message.timestamp.after.max.ms",
                        ms + ": brokers refuse events that event.ahead.max.ms=" + limits.eventAheadMs
                                + " allows; they become dead letters"));
        return refused;
    }

    private static Optional<Long> value(List<ConfigEntry> entries, String key) {
        return ConfigEntry.valueOf(entries, key).map(Long::valueOf);
    }
}
