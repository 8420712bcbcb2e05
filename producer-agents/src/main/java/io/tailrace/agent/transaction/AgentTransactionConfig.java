package io.tailrace.agent.transaction;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * How an agent sends in transactions. Immutable.
 *
 * @param agentId the agent's identity, which no other running agent has
 * @param topic the topic of the positions
 * @param intervalMs after how long a transaction is committed that has something to commit
 */
public record AgentTransactionConfig(String agentId, String topic, long intervalMs) {
    /** The most that a transaction may take. A reader of committed records waits for so long for what a killed agent has left open. */
    public static final int TIMEOUT_MS = 30_000;

    /** Under which the coordinator knows the agent. */
    public String transactionalId() {
        return "tailrace-agent-" + agentId;
    }

    /** The partition of the topic that has the agent's positions, which must stay the same. */
    public int partitionOf(int partitions) {
        CRC32C crc = new CRC32C();
        crc.update(agentId.getBytes(StandardCharsets.UTF_8));
        return (int) (crc.getValue() % partitions);
    }
}
