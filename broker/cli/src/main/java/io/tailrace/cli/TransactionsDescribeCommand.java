package io.tailrace.cli;

import io.tailrace.client.ClientException;
import io.tailrace.client.TransactionAdmin;
import io.tailrace.client.TransactionDescription;
import io.tailrace.process.CommandRunner;
import io.tailrace.process.OutputOptions;
import io.tailrace.process.OutputTable;
import io.tailrace.protocol.TopicPartition;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tailrace transactions describe}. */
@Command(
        name = "describe",
        description = "Shows transactional ids: state, timeout, and the partitions of the current transaction.",
        footer =
                "Exit code 1 if a transactional id does not exist or its coordinator does not answer; the others are shown.")
final class TransactionsDescribeCommand implements Callable<Integer> {
    private final Clients clients;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private final BootstrapOptions bootstrap = new BootstrapOptions();

    @Option(
            names = "--transactional-id",
            paramLabel = "ID",
            required = true,
            description = "A transactional id. May be repeated.")
    private List<String> ids = List.of();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    TransactionsDescribeCommand(Clients clients) {
        this.clients = clients;
    }

    @Override
    public Integer call() {
        BootstrapOptions.requireNames("--transactional-id", ids);
        OutputTable table = new OutputTable(
                "TRANSACTIONAL-ID", "STATE", "PRODUCER-ID", "PRODUCER-EPOCH", "TIMEOUT-MS", "START", "PARTITIONS");
        int exitCode = 0;
        try (TransactionAdmin admin = clients.transactionAdmin(bootstrap.clientConfig())) {
            for (String id : ids) {
                try {
                    add(table, existing(id, admin));
                } catch (ClientException | IllegalStateException e) {
                    spec.commandLine().getErr().println(spec.qualifiedName() + ": " + e.getMessage());
                    exitCode = CommandRunner.FAILURE;
                }
            }
        }
        if (exitCode == 0 || ids.size() > 1) {
            output.print(table);
        }
        return exitCode;
    }

    private static TransactionDescription existing(String id, TransactionAdmin admin) {
        return admin.describe(id)
                .orElseThrow(() -> new IllegalStateException("transactional id " + id + " does not exist"));
    }

    private static void add(OutputTable table, TransactionDescription transaction) {
        table.add(
                transaction.transactionalId(),
                transaction.state(),
                transaction.producerId(),
                transaction.producerEpoch(),
                transaction.timeoutMs(),
                transaction.startMs().isPresent()
                        ? Instant.ofEpochMilli(transaction.startMs().getAsLong())
                                .toString()
                        : null,
                transaction.partitions().stream()
                        .sorted()
                        .map(TopicPartition::toString)
                        .collect(Collectors.joining(",")));
    }
}
