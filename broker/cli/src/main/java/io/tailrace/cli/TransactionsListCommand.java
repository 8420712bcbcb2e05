package io.tailrace.cli;

import io.tailrace.client.TransactionAdmin;
import io.tailrace.client.TransactionListing;
import io.tailrace.config.ConfigException;
import io.tailrace.process.OutputOptions;
import io.tailrace.process.OutputTable;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tailrace transactions list}. */
@Command(name = "list", description = "Lists the transactional ids, with the states of their transactions.")
final class TransactionsListCommand implements Runnable {
    private static final List<String> STATES = List.of(
            "Empty",
            "Ongoing",
            "PrepareCommit",
            "PrepareAbort",
            "CompleteCommit",
            "CompleteAbort",
            "PrepareEpochFence");

    private final Clients clients;

    @Mixin
    private final BootstrapOptions bootstrap = new BootstrapOptions();

    @Option(
            names = "--state",
            paramLabel = "STATE",
            description = "Shows only transactional ids in this state, such as Ongoing. May be repeated.")
    private List<String> states = List.of();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    TransactionsListCommand(Clients clients) {
        this.clients = clients;
    }

    @Override
    public void run() {
        // A misspelled state would match nothing, which looks like an answer.
        states.stream()
                .filter(state -> STATES.stream().noneMatch(state::equalsIgnoreCase))
                .findFirst()
                .ifPresent(state -> {
                    throw new ConfigException("--state " + state + ": expected " + String.join(", ", STATES));
                });
        Set<String> wanted =
                states.stream().map(TransactionsListCommand::lowerCase).collect(Collectors.toSet());
        OutputTable table = new OutputTable("TRANSACTIONAL-ID", "PRODUCER-ID", "STATE", "COORDINATOR");
        try (TransactionAdmin admin = clients.transactionAdmin(bootstrap.clientConfig())) {
            for (TransactionListing each : admin.transactions()) {
                if (wanted.isEmpty() || wanted.contains(lowerCase(each.state()))) {
                    table.add(each.transactionalId(), each.producerId(), each.state(), each.coordinator());
                }
            }
        }
        output.print(table);
    }

    private static String lowerCase(String text) {
        return text.toLowerCase(Locale.ROOT);
    }
}
