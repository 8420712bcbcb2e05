package io.tailrace.simulation;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.server.transaction.TransactionVerifier;
import io.tailrace.transactions.AddPartitions;
import io.tailrace.transactions.ProducerIdentity;
import io.tailrace.transactions.VerifyPartitions;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;

/** How the leaders of a partition ask the coordinator whether a transaction has it. Questions are not gathered. */
final class SimulatedVerifier {
    private static final long TIMEOUT_MS = 150;
    private static final short VERSION_THAT_ADDS = 2;

    private final TransactionalClusters all;
    private final TopicPartition partition;
    /** Those of the newest process of each broker. */
    private final Map<Integer, Caller> coordinators = new HashMap<>();

    SimulatedVerifier(TransactionalClusters all, TopicPartition partition) {
        this.all = all;
        this.partition = partition;
    }

    void started(BrokerProcess process) {
        int node = TransactionalClusters.FIRST_FOREIGN_BROKER + process.id() - 1;
        coordinators.put(process.id(), new Caller(all.coordinator, node, process::run));
    }

    /** Asks once. The error is the one that the client gets. */
    void verify(
            BrokerProcess process,
            String transactionalId,
            ProducerIdentity producer,
            TransactionVerifier.Client client,
            Consumer<ErrorCode> answer) {
        Caller.Request<ErrorCode> question = client.adds()
                ? (asked, taker) -> all.coordinators.submit(
                        asked,
                        new AddPartitions(transactionalId, producer, Set.of(partition), VERSION_THAT_ADDS),
                        taker)
                : (asked, taker) -> all.coordinators.submit(
                        asked,
                        new VerifyPartitions(transactionalId, producer, Set.of(partition)),
                        errors -> taker.accept(errors.getOrDefault(partition, ErrorCode.UNKNOWN_SERVER_ERROR)));
        Caller caller = Objects.requireNonNull(coordinators.get(process.id()));
        caller.ask(
                question,
                TIMEOUT_MS,
                error -> {
                    if (error != ErrorCode.NONE) {
                        caller.refresh();
                    }
                    answer.accept(client.shown(error));
                },
                () -> answer.accept(client.shown(ErrorCode.NETWORK_EXCEPTION)));
    }
}
