package io.tailrace.cli;

import io.tailrace.client.ProducerDescription;
import io.tailrace.client.TransactionAdmin;
import io.tailrace.process.OutputOptions;
import io.tailrace.process.OutputTable;
import io.tailrace.protocol.TopicPartition;
import java.time.Instant;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tailrace transactions describe-producers}. */
@Command(
        name = "describe-producers",
        description = "Shows the idempotent and transactional producers that a partition's leader remembers.")
final class TransactionsDescribeProducersCommand implements Runnable {
    private final Clients clients;

    @Mixin
    private final BootstrapOptions bootstrap = new BootstrapOptions();

    @Option(names = "--topic", paramLabel = "TOPIC", required = true, description = "Name of the topic.")
    private String topic = "";

    @Option(names = "--partition", paramLabel = "N", required = true, description = "Index of the partition.")
    private int partition;

    @Mixin
    private final OutputOptions output = new OutputOptions();

    TransactionsDescribeProducersCommand(Clients clients) {
        this.clients = clients;
    }

    @Override
    public void run() {
        BootstrapOptions.requireAtLeast(0, "--partition", partition);
        TopicPartition asked = new TopicPartition(topic, partition);
        OutputTable table = new OutputTable(
                "PRODUCER-ID",
                "PRODUCER-EPOCH",
                "COORDINATOR-EPOCH",
                "LAST-SEQUENCE",
                "LAST-TIMESTAMP",
                "START-OFFSET");
        try (TransactionAdmin admin = clients.transactionAdmin(bootstrap.clientConfig())) {
            for (ProducerDescription each : admin.producers(List.of(asked)).getOrDefault(asked, List.of())) {
                table.add(
                        each.producerId(),
                        each.producerEpoch(),
                        each.coordinatorEpoch().isPresent()
                                ? each.coordinatorEpoch().getAsInt()
                                : null,
                        each.lastSequence() < 0 ? null : each.lastSequence(),
                        each.lastTimestampMs() < 0
                                ? null
                                : Instant.ofEpochMilli(each.lastTimestampMs()).toString(),
                        each.transactionStart().isPresent()
                                ? each.transactionStart().getAsLong()
                                : null);
            }
        }
        output.print(table);
    }
}
