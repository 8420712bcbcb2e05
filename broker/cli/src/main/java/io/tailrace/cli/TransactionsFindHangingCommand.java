package io.tailrace.cli;

import io.tailrace.client.Admin;
import io.tailrace.client.ProducerDescription;
import io.tailrace.client.TopicDescription;
import io.tailrace.client.TransactionAdmin;
import io.tailrace.process.CommandRunner;
import io.tailrace.process.OutputOptions;
import io.tailrace.process.OutputTable;
import io.tailrace.protocol.TopicPartition;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tailrace transactions find-hanging}. */
@Command(
        name = "find-hanging",
        description = {
            "Finds transactions that are open in a partition though their coordinator does not know it.",
            "Readers of committed records stop before such a transaction until it is aborted (transactions abort)."
        },
        footer = "Exit code 3 if there are some.")
final class TransactionsFindHangingCommand implements Callable<Integer> {
    private final Clients clients;
    private final InstantSource clock;

    @Mixin
    private final BootstrapOptions bootstrap = new BootstrapOptions();

    @Option(names = "--topic", paramLabel = "TOPIC", description = "Looks at this topic only. Default: all topics.")
    private Optional<String> topic = Optional.empty();

    @Option(
            names = "--idle-minutes",
            paramLabel = "MIN",
            defaultValue = "15",
            description = {
                "Leaves out transactions with records of the last minutes.",
                "No less than transaction.max.timeout.ms of the brokers, whose default is 15 minutes."
            })
    private long idleMinutes;

    @Mixin
    private final OutputOptions output = new OutputOptions();

    TransactionsFindHangingCommand(Clients clients, InstantSource clock) {
        this.clients = clients;
        this.clock = clock;
    }

    @Override
    public Integer call() {
        BootstrapOptions.requireAtLeast(0, "--idle-minutes", idleMinutes);
        long idleSinceMs = clock.millis() - Duration.ofMinutes(idleMinutes).toMillis();
        List<HangingTransactions.Hanging> hanging;
        try (TransactionAdmin transactions = clients.transactionAdmin(bootstrap.clientConfig())) {
            hanging = new HangingTransactions(transactions).find(partitions(), idleSinceMs);
        }
        OutputTable table = new OutputTable(
                "TOPIC",
                "PARTITION",
                "START-OFFSET",
                "PRODUCER-ID",
                "PRODUCER-EPOCH",
                "COORDINATOR-EPOCH",
                "LAST-TIMESTAMP");
        hanging.forEach(each -> add(table, each.partition(), each.producer()));
        output.print(table);
        return hanging.isEmpty() ? CommandLine.ExitCode.OK : CommandRunner.NEEDS_ATTENTION;
    }

    private List<TopicPartition> partitions() {
        try (Admin admin = clients.admin(bootstrap.clientConfig())) {
            Collection<String> topics = topic.isPresent() ? List.of(topic.get()) : admin.topics(true);
            return admin.describe(topics).values().stream()
                    .flatMap(described -> described.partitions().stream()
                            .map(TopicDescription.Partition::partition)
                            .map(index -> new TopicPartition(described.name(), index)))
                    .toList();
        }
    }

    private static void add(OutputTable table, TopicPartition partition, ProducerDescription producer) {
        table.add(
                partition.topic(),
                partition.partition(),
                producer.transactionStart().orElse(-1),
                producer.producerId(),
                producer.producerEpoch(),
                producer.coordinatorEpoch().isPresent()
                        ? producer.coordinatorEpoch().getAsInt()
                        : null,
                Instant.ofEpochMilli(producer.lastTimestampMs()).toString());
    }
}
