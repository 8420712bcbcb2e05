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

/** Clients without brokers. */
final class FakeClients implements Clients {
    final InMemoryAdmin admin = new InMemoryAdmin();
    final InMemoryGroups groups = new InMemoryGroups();
    final InMemoryTransactions transactions = new InMemoryTransactions();
    final FakeProducer producer = new FakeProducer();
    final FakeConsumer consumer = new FakeConsumer();

    @Override
    public ClusterAdmin admin(ClientConfig config) {
        return admin;
    }

    @Override
    public GroupAdmin groupAdmin(ClientConfig config) {
        return groups;
    }

    @Override
    public TransactionAdmin transactionAdmin(ClientConfig config) {
        return transactions;
    }

    @Override
    public TransactionalProducer transactionalProducer(ProducerConfig config) {
        return producer;
    }

    @Override
    public Producer producer(ProducerConfig config) {
        return producer;
    }

    @Override
    public GroupConsumer consumer(ConsumerConfig config) {
        return consumer.with(config);
    }
}
