package io.tailrace.cli;

import io.tailrace.client.ClientConfig;
import io.tailrace.client.ClusterAdmin;
import io.tailrace.client.ConsumerConfig;
import io.tailrace.client.GroupAdmin;
import io.tailrace.client.GroupConsumer;
import io.tailrace.client.Producer;
import io.tailrace.client.ProducerConfig;
import io.tailrace.client.TransactionAdmin;
import io.tailrace.client.TransactionalProducer;

/** Creates the clients of commands. Tests put fakes in their place. */
interface Clients {
    /** Clients that talk to brokers. */
    Clients REAL = new Clients() {
        @Override
        public ClusterAdmin admin(ClientConfig config) {
            return ClusterAdmin.create(config);
        }

        @Override
        public GroupAdmin groupAdmin(ClientConfig config) {
            return GroupAdmin.create(config);
        }

        @Override
        public TransactionAdmin transactionAdmin(ClientConfig config) {
            return TransactionAdmin.create(config);
        }

        @Override
        public TransactionalProducer transactionalProducer(ProducerConfig config) {
            return TransactionalProducer.create(config);
        }

        @Override
        public Producer producer(ProducerConfig config) {
            return Producer.create(config);
        }

        @Override
        public GroupConsumer consumer(ConsumerConfig config) {
            return GroupConsumer.create(config);
        }
    };

    ClusterAdmin admin(ClientConfig config);

    GroupAdmin groupAdmin(ClientConfig config);

    TransactionAdmin transactionAdmin(ClientConfig config);

    Producer producer(ProducerConfig config);

    TransactionalProducer transactionalProducer(ProducerConfig config);

    GroupConsumer consumer(ConsumerConfig config);
}
