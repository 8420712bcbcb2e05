package io.tailrace.cli;

import io.tailrace.client.ClientException;
import io.tailrace.client.GroupAdmin;
import io.tailrace.process.CommandRunner;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tailrace groups delete}. */
@Command(
        name = "delete",
        description = "Deletes groups without members, with their offsets.",
        footer = "Exit code 1 if a group was not deleted; the others are.")
final class GroupsDeleteCommand implements Callable<Integer> {
    private final Clients clients;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private final BootstrapOptions bootstrap = new BootstrapOptions();

    @Option(names = "--group", paramLabel = "GROUP", required = true, description = "A group. May be repeated.")
    private List<String> groups = List.of();

    GroupsDeleteCommand(Clients clients) {
        this.clients = clients;
    }

    @Override
    public Integer call() {
        BootstrapOptions.requireNames("--group", groups);
        int exitCode = 0;
        try (GroupAdmin admin = clients.groupAdmin(bootstrap.clientConfig())) {
            for (String group : groups) {
                try {
                    admin.delete(group);
                    spec.commandLine().getOut().println("Deleted group " + group + ".");
                } catch (ClientException e) {
                    spec.commandLine().getErr().println(spec.qualifiedName() + ": " + e.getMessage());
                    exitCode = CommandRunner.FAILURE;
                }
            }
        }
        return exitCode;
    }
}
