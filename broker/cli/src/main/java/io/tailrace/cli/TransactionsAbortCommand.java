package io.tailrace.cli;

import io.tailrace.client.ProducerDescription;
import io.tailrace.client.TransactionAdmin;
import io.tailrace.protocol.TopicPartition;
import java.util.List;
import java.util.OptionalLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tailrace transactions abort}. */
@Command(
        name = "abort",
        description = {
            "Aborts a hanging transaction in one partition, by a marker that its leader writes.",
            "Only for what find-hanging shows: a transaction that its coordinator commits later would be torn."
        })
final class TransactionsAbortCommand implements Runnable {
    private final Clients clients;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private final BootstrapOptions bootstrap = new BootstrapOptions();

    @Option(names = "--topic", paramLabel = "TOPIC", required = true, description = "Name of the topic.")
    private String topic = "";

    @Option(names = "--partition", paramLabel = "N", required = true, description = "Index of the partition.")
    private int partition;

    @Option(
            names = "--start-offset",
            paramLabel = "N",
            required = true,
            description = "First offset of the transaction, as find-hanging shows it.")
    private long startOffset;

    TransactionsAbortCommand(Clients clients) {
        this.clients = clients;
    }

    @Override
    public void run() {
        BootstrapOptions.requireAtLeast(0, "--partition", partition);
        BootstrapOptions.requireAtLeast(0, "--start-offset", startOffset);
        TopicPartition asked = new TopicPartition(topic, partition);
        try (TransactionAdmin admin = clients.transactionAdmin(bootstrap.clientConfig())) {
            List<ProducerDescription> producers =
                    admin.producers(List.of(asked)).getOrDefault(asked, List.of());
            ProducerDescription producer = producers.stream()
                    .filter(each -> each.transactionStart().equals(OptionalLong.of(startOffset)))
                    .findFirst()
                    .orElseThrow(
                            () -> new IllegalStateException(asked + " has no open transaction that begins at offset "
                                    + startOffset + "; see transactions describe-producers"));
            admin.abort(asked, producer);
            spec.commandLine()
                    .getOut()
                    .println("Aborted the transaction of producer " + producer.producerId() + " in " + asked);
        }
    }
}
