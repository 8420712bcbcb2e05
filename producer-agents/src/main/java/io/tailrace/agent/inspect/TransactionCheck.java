package io.tailrace.agent.inspect;

import io.tailrace.agent.inspect.CheckReport.Finding;
import io.tailrace.agent.transaction.AgentTransactionConfig;
import io.tailrace.client.ClientException;
import io.tailrace.client.ClusterAdmin;
import io.tailrace.client.ConfigEntry;
import io.tailrace.client.TopicDescription;
import io.tailrace.client.TransactionAdmin;
import io.tailrace.client.TransactionDescription;
import io.tailrace.client.TransactionalProducer;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.transaction.TransactionsTopic;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Checks that the brokers have what an agent needs for its transactions. Only reads, so that a running agent keeps its id. */
public final class TransactionCheck {
    private static final String POLICY = "cleanup.policy";
    private static final String COMPACT = "compact";

    private final ClusterAdmin admin;
    private final TransactionAdmin transactions;
    private final AgentTransactionConfig config;
    private final String bootstrap;

    public TransactionCheck(
            ClusterAdmin admin, TransactionAdmin transactions, AgentTransactionConfig config, String bootstrap) {
        this.admin = admin;
        this.transactions = transactions;
        this.config = config;
        this.bootstrap = bootstrap;
    }

    /** The subject of {@link #coordinator}. */
    public String transactionalId() {
        return "transactional id " + config.transactionalId();
    }

    /** The subject of {@link #positions}. */
    public String topic() {
        return "topic " + config.topic();
    }

    /** Whether the brokers have the version of transactions that the agent needs. */
    public List<Finding> version() {
        String subject = "transactions";
        try {
            int version = transactions.transactionVersion();
            String found = "the brokers have transaction.version=" + version;
            return List.of(
                    version >= TransactionalProducer.VERSION_MIN
                            ? Finding.ok(subject, found)
                            : Finding.fail(
                                    subject,
                                    found + ", transactions=true needs " + TransactionalProducer.VERSION_MIN
                                            + ": upgrade the brokers and their feature, or set transactions=false"));
        } catch (ClientException e) {
            return List.of(Finding.fail(subject, String.valueOf(e.getMessage())));
        }
    }

    /** Whether the coordinator of the agent's transactional id answers. */
    public List<Finding> coordinator() {
        try {
            // Asked for a coordinator, brokers create the topic.
            return List.of(Finding.ok(
                    transactionalId(),
                    admin.topics(true).contains(TransactionsTopic.NAME)
                            ? "its coordinator answers: " + state()
                            : "has no coordinator yet: brokers create " + TransactionsTopic.NAME
                                    + " when the agent starts"));
        } catch (ClientException e) {
            String todo = e.retriable() ? ": start the brokers with " + TransactionsTopic.NAME : "";
            return List.of(Finding.fail(transactionalId(), e.getMessage() + todo));
        }
    }

    private String state() {
        return transactions
                .describe(config.transactionalId())
                .map(TransactionDescription::state)
                .orElse("nobody has taken the id yet");
    }

    /** Whether the agent's positions can be read and written, and are kept. */
    public List<Finding> positions() {
        try {
            return found(Objects.requireNonNull(
                    admin.describe(List.of(config.topic())).get(config.topic())));
        } catch (ClientException e) {
            return List.of(
                    e.errorCode() == ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
                            ? Finding.ok(topic(), BrokerCheck.CREATED_BY_THE_AGENT)
                            : Finding.fail(topic(), String.valueOf(e.getMessage())));
        }
    }

    private List<Finding> found(TopicDescription topic) {
        List<Finding> findings = new ArrayList<>();
        TopicDescription.Partition own =
                topic.partitions().get(config.partitionOf(topic.partitions().size()));
        String partition = "partition " + own.partition() + ", which has the positions of agent.id=" + config.agentId();
        if (own.leader().isEmpty()) {
            findings.add(
                    Finding.fail(topic(), partition + ", has no leader: start one of its brokers, " + own.replicas()));
        }
        String policy =
                ConfigEntry.valueOf(admin.topicConfig(topic.name()), POLICY).orElse("");
        if (!policy.equals(COMPACT)) {
            findings.add(Finding.warn(
                    topic(),
                    POLICY + "=" + policy + ": the positions of an agent that is stopped are deleted after a time:"
                            + " tailrace topics configure --bootstrap-server " + bootstrap + " --topic "
                            + config.topic() + " --set " + POLICY + "=" + COMPACT));
        }
        if (findings.isEmpty()) {
            findings.add(Finding.ok(topic(), partition + ", is compacted and has a leader"));
        }
        return findings;
    }
}
