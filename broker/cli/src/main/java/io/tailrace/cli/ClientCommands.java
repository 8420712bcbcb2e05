package io.tailrace.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The commands that need only a client: the main class of their process. */
@Command(name = "tailrace", description = "Commands of a client.", synopsisSubcommandLabel = "COMMAND")
public final class ClientCommands {
    /** Runs {@code topics}, {@code produce}, {@code consume} or {@code lag}. */
    public static void main(String[] args) {
        System.exit(commandLine(Clients.REAL).execute(args));
    }

    static CommandLine commandLine(Clients clients) {
        CommandLine topics = new CommandLine(new TopicsCommand())
                .addSubcommand(new TopicsListCommand(clients))
                .addSubcommand(new TopicsDescribeCommand(clients))
                .addSubcommand(new TopicsCreateCommand(clients))
                .addSubcommand(new TopicsDeleteCommand(clients));
        CommandLine all = new CommandLine(new ClientCommands())
                .addSubcommand(topics)
                .addSubcommand(new ProduceCommand(clients))
                .addSubcommand(new ConsumeCommand(clients))
                .addSubcommand(new LagCommand(clients));
        return CommandRunner.commandLine(all);
    }

    @Command(
            name = "topics",
            description = "Lists, describes, creates and deletes topics.",
            synopsisSubcommandLabel = "COMMAND")
    private static final class TopicsCommand {}
}
