package io.tailrace.agent;

import io.tailrace.agent.checkpoint.CheckpointRecords;
import io.tailrace.agent.transaction.AgentTransactionConfig;
import io.tailrace.agent.transaction.PositionHeader;
import io.tailrace.agent.transaction.PositionTopic.Positions;
import io.tailrace.client.TransactionalProducer;
import java.util.Optional;

/**
 * How the transactions of an agent go on when it starts.
 *
 * @param producer has taken the agent's transactional id
 * @param taking takes it again
 * @param agent the agent's identity in the audit
 * @param instance random for this start
 * @param committed the last transaction that was committed under the id; empty if none was
 * @param positions what was read when the id had been taken
 * @param records know what the topic has
 */
record TransactionStart(
        AgentTransactionConfig config,
        TransactionalProducer producer,
        IdTaking taking,
        String agent,
        String instance,
        Optional<PositionHeader> committed,
        Positions positions,
        CheckpointRecords records) {
    /** Chunks of a file that are not sent with their positions yet, however little memory they take. */
    static final int CHUNKS_IN_FLIGHT = 1_024;

    /** How much memory of chunks a step reads before it sends them and takes answers: transactions end between steps. */
    static final long STEP_BYTES_MAX = 1 << 20;
}
