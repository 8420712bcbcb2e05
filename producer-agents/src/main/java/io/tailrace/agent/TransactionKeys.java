package io.tailrace.agent;

import io.tailrace.agent.transaction.AgentTransactionConfig;
import io.tailrace.config.Config;
import io.tailrace.config.ConfigException;
import io.tailrace.config.ConfigKey;
import java.util.Optional;

/** The keys of {@code agent.properties} for transactions. */
final class TransactionKeys {
    private static final int AGENT_ID_CHARS_MAX = 200;

    static final ConfigKey<Boolean> TRANSACTIONS = ConfigKey.bool(
            "transactions",
            false,
            "Whether lines are sent in transactions, so that readers of committed records never see one twice, whatever is killed."
                    + " Needs brokers with transactions of version 2.");
    static final ConfigKey<String> AGENT_ID = ConfigKey.text(
            "agent.id",
            "",
            "transactions=true: the agent's identity, under which brokers keep its positions. No two running agents may have the"
                    + " same. Empty: host.");
    static final ConfigKey<Long> INTERVAL_MS = ConfigKey.longInteger(
            "transaction.interval.ms",
            100L,
            0,
            AgentTransactionConfig.TIMEOUT_MS / 3,
            "transactions=true: how long a transaction takes lines at most. It ends earlier if they use nearly half of the memory that"
                    + " a source may have in flight.");
    static final ConfigKey<String> CHECKPOINT_TOPIC = ConfigKey.text(
            "checkpoint.topic",
            "tailrace-agent-positions",
            "transactions=true: topic of the positions; compacted. The agent creates it. Its number of partitions must not change.");

    private TransactionKeys() {}

    /**
     * Reads how lines are sent in transactions; empty if they are not.
     *
     * @param host the host name in records
     * @throws ConfigException if a value is invalid; it names the key
     */
    static Optional<AgentTransactionConfig> read(Config config, String host) {
        if (!config.value(TRANSACTIONS)) {
            return Optional.empty();
        }
        String id = config.value(AGENT_ID).isEmpty() ? host : config.value(AGENT_ID);
        if (id.length() > AGENT_ID_CHARS_MAX || id.chars().anyMatch(Character::isISOControl)) {
            throw new ConfigException("agent.id=" + id + ": expected up to " + AGENT_ID_CHARS_MAX
                    + " characters, none of which is a control character");
        }
        return Optional.of(new AgentTransactionConfig(id, config.value(CHECKPOINT_TOPIC), config.value(INTERVAL_MS)));
    }
}
