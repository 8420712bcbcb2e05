package io.tailrace.cli;

import io.tailrace.process.CommandRunner;
import java.net.URI;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The commands that need only a client. */
@Command(name = "tailrace", description = "Works with a running cluster.", synopsisSubcommandLabel = "COMMAND")
public final class ClientCommands {

    /**
     * {@code cluster}, {@code topics}, {@code reassign}, {@code log-dirs}, {@code produce}, {@code consume}, {@code groups},
     * {@code lag} and {@code transactions}, ready to be executed.
     *
     * @param decoders creates a value decoder for the schema registry at an address
     */
    public static CommandLine commandLine(Function<URI, ValueDecoder> decoders) {
        return commandLine(Clients.REAL, decoders);
    }

    static CommandLine commandLine(Clients clients, Function<URI, ValueDecoder> decoders) {
        CommandLine topics = new CommandLine(new TopicsCommand())
                .addSubcommand(new TopicsListCommand(clients))
                .addSubcommand(new TopicsDescribeCommand(clients))
                .addSubcommand(new TopicsCreateCommand(clients))
                .addSubcommand(new TopicsConfigureCommand(clients))
                .addSubcommand(new TopicsElectCommand(clients))
                .addSubcommand(new TopicsDeleteRecordsCommand(clients))
                .addSubcommand(new TopicsDeleteCommand(clients));
        CommandLine groups = new CommandLine(new GroupsCommand())
                .addSubcommand(new GroupsListCommand(clients))
                .addSubcommand(new GroupsDescribeCommand(clients))
                .addSubcommand(new GroupsConfigureCommand(clients))
                .addSubcommand(new GroupsDeleteCommand(clients))
                .addSubcommand(new GroupsResetCommand(clients));
        CommandLine logDirs = new CommandLine(new LogDirsCommand())
                .addSubcommand(new LogDirsDescribeCommand(clients))
                .addSubcommand(new LogDirsMoveCommand(clients));
        CommandLine transactions = new CommandLine(new TransactionsCommand())
                .addSubcommand(new TransactionsListCommand(clients))
                .addSubcommand(new TransactionsDescribeCommand(clients))
                .addSubcommand(new TransactionsDescribeProducersCommand(clients))
                .addSubcommand(new TransactionsFindHangingCommand(clients, InstantSource.system()))
                .addSubcommand(new TransactionsAbortCommand(clients));
        CommandLine all = new CommandLine(new ClientCommands())
                .addSubcommand(new ClusterCommand(clients))
                .addSubcommand(topics)
                .addSubcommand(new ReassignCommand(clients))
                .addSubcommand(logDirs)
                .addSubcommand(new ProduceCommand(clients))
                .addSubcommand(new ConsumeCommand(clients, decoders))
                .addSubcommand(groups)
                .addSubcommand(new LagCommand(clients, InstantSource.system(), TimeUnit.SECONDS::sleep))
                .addSubcommand(transactions);
        return CommandRunner.commandLine(all);
    }

    @Command(
            name = "topics",
            description =
                    "Lists, describes, creates, configures and deletes topics, deletes their records, and elects leaders.",
            synopsisSubcommandLabel = "COMMAND")
    private static final class TopicsCommand {}

    @Command(
            name = "log-dirs",
            description = "Shows the log directories of brokers, and moves replicas between them.",
            synopsisSubcommandLabel = "COMMAND")
    private static final class LogDirsCommand {}

    @Command(
            name = "groups",
            description = "Lists, describes, configures and deletes consumer groups, and resets their offsets.",
            synopsisSubcommandLabel = "COMMAND")
    private static final class GroupsCommand {}

    @Command(
            name = "transactions",
            description = "Lists and describes transactions and producers, and finds and aborts hanging transactions.",
            synopsisSubcommandLabel = "COMMAND")
    private static final class TransactionsCommand {}
}
