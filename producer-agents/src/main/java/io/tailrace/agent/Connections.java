package io.tailrace.agent;

import io.tailrace.agent.transaction.AgentTransactionConfig;
import io.tailrace.agent.transaction.PositionTopic;
import io.tailrace.client.Producer;
import io.tailrace.client.TransactionalProducer;
import io.tailrace.schemas.SchemaRegistryClient;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * What an agent sends to.
 *
 * @param producer sends records; the agent closes it
 * @param registry knows the schemas
 * @param topics creates topics
 * @param transactional what an agent with transactions has; empty for one without
 * @param background runs calls to the registry and of {@code topics}, which may wait; its threads do not keep a process alive
 */
record Connections(
        Producer producer,
        SchemaRegistryClient registry,
        Topics topics,
        Optional<Transactional> transactional,
        Executor background) {

    /**
     * What an agent has for its transactions.
     *
     * @param producer that of the connections
     * @param positions the topic of the agents' positions
     */
    record Transactional(AgentTransactionConfig config, TransactionalProducer producer, PositionTopic positions) {}

    /** Creates topics. */
    @FunctionalInterface
    interface Topics {
        /**
         * Creates a compacted topic of one partition, unless it exists. May wait for the brokers.
         *
         * @throws io.tailrace.client.ClientException if the brokers cannot be reached, or refuse
         */
        void createCompacted(String topic);
    }
}
