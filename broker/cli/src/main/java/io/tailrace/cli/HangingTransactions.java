package io.tailrace.cli;

import io.tailrace.client.ProducerDescription;
import io.tailrace.client.TransactionAdmin;
import io.tailrace.client.TransactionDescription;
import io.tailrace.client.TransactionListing;
import io.tailrace.protocol.TopicPartition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds transactions that are open in a partition though no coordinator will end them (KIP-664): the one of their producer does not have the
 * partition in its transaction.
 */
final class HangingTransactions {
    private final TransactionAdmin admin;
    private final Map<String, Optional<TransactionDescription>> described = new HashMap<>();

    HangingTransactions(TransactionAdmin admin) {
        this.admin = admin;
    }

    /** A transaction that hangs. */
    record Hanging(TopicPartition partition, ProducerDescription producer) {}

    /** @param idleSinceMs only transactions whose last record is older, in milliseconds since the epoch: a coordinator has ended others */
    List<Hanging> find(Collection<TopicPartition> partitions, long idleSinceMs) {
        List<Hanging> open = new ArrayList<>();
        admin.producers(partitions).forEach((partition, producers) -> producers.stream()
                .filter(each -> each.transactionStart().isPresent() && each.lastTimestampMs() < idleSinceMs)
                .forEach(each -> open.add(new Hanging(partition, each))));
        if (open.isEmpty()) {
            return open;
        }
        Map<Long, String> ids = new HashMap<>();
        for (TransactionListing each : admin.transactions()) {
            ids.put(each.producerId(), each.transactionalId());
        }
        return open.stream()
                .filter(each -> !isCoordinated(each, ids.get(each.producer().producerId())))
                .toList();
    }

    private boolean isCoordinated(Hanging open, @Nullable String transactionalId) {
        return transactionalId != null
                && described.computeIfAbsent(transactionalId, admin::describe).stream()
                        .anyMatch(transaction -> transaction.partitions().contains(open.partition()));
    }
}
