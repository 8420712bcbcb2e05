package io.tailrace.cli;

import io.tailrace.client.ProducerDescription;
import io.tailrace.client.TransactionAdmin;
import io.tailrace.client.TransactionDescription;
import io.tailrace.client.TransactionListing;
import io.tailrace.client.TransactionalProducer;
import io.tailrace.protocol.TopicPartition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Transactions whose state only a test changes. Not thread-safe. */
final class InMemoryTransactions implements TransactionAdmin {
    final Map<String, TransactionDescription> transactions = new TreeMap<>();
    final Map<TopicPartition, List<ProducerDescription>> producers = new TreeMap<>();
    final List<String> aborted = new ArrayList<>();

    @Override
    public int transactionVersion() {
        return TransactionalProducer.VERSION_MIN;
    }

    @Override
    public List<TransactionListing> transactions() {
        return transactions.values().stream()
                .map(each -> new TransactionListing(each.transactionalId(), each.producerId(), each.state(), 1))
                .toList();
    }

    @Override
    public Optional<TransactionDescription> describe(String transactionalId) {
        return Optional.ofNullable(transactions.get(transactionalId));
    }

    @Override
    public Map<TopicPartition, List<ProducerDescription>> producers(Collection<TopicPartition> partitions) {
        Map<TopicPartition, List<ProducerDescription>> found = new TreeMap<>();
        partitions.forEach(partition -> found.put(partition, producers.getOrDefault(partition, List.of())));
        return found;
    }

    @Override
    public void abort(TopicPartition partition, ProducerDescription producer) {
        aborted.add(partition + " " + producer.producerId());
    }

    @Override
    public void close() {}
}
