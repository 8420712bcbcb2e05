package io.tailrace.agent;

import io.tailrace.client.Producer;
import io.tailrace.schemas.SchemaRegistryClient;

/**
 * What an agent sends to.
 *
 * @param producer sends records; the agent closes it
 * @param registry knows the schemas
 * @param topics creates topics
 */
record Connections(Producer producer, SchemaRegistryClient registry, Topics topics) {

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
