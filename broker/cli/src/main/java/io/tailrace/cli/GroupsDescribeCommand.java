package io.tailrace.cli;

import io.tailrace.client.ClientException;
import io.tailrace.client.GroupAdmin;
import io.tailrace.client.GroupDescription;
import io.tailrace.process.CommandRunner;
import io.tailrace.process.OutputOptions;
import io.tailrace.process.OutputTable;
import io.tailrace.protocol.TopicPartition;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tailrace groups describe}. */
@Command(
        name = "describe",
        description = "Shows the members of groups and their partitions. See lag for their offsets.",
        footer = "Exit code 1 if a group does not exist or does not answer; the others are shown.")
final class GroupsDescribeCommand implements Callable<Integer> {
    private final Clients clients;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private final BootstrapOptions bootstrap = new BootstrapOptions();

    @Option(names = "--group", paramLabel = "GROUP", required = true, description = "A group. May be repeated.")
    private List<String> groups = List.of();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    GroupsDescribeCommand(Clients clients) {
        this.clients = clients;
    }

    @Override
    public Integer call() {
        BootstrapOptions.requireNames("--group", groups);
        OutputTable table = new OutputTable(
                "GROUP", "TYPE", "STATE", "ASSIGNOR", "MEMBER", "INSTANCE", "CLIENT", "HOST", "PARTITIONS");
        int exitCode = 0;
        try (GroupAdmin admin = clients.groupAdmin(bootstrap.clientConfig())) {
            for (String name : groups) {
                try {
                    add(table, existing(name, admin));
                } catch (ClientException | IllegalStateException e) {
                    spec.commandLine().getErr().println(spec.qualifiedName() + ": " + e.getMessage());
                    exitCode = CommandRunner.FAILURE;
                }
            }
        }
        if (exitCode == 0 || groups.size() > 1) {
            output.print(table);
        }
        return exitCode;
    }

    private static GroupDescription existing(String name, GroupAdmin admin) {
        GroupDescription group = admin.describe(name);
        if (group.state().equals(GroupDescription.DEAD) && admin.committed(name).isEmpty()) {
            throw new IllegalStateException("group " + name + " does not exist");
        }
        return group;
    }

    /** A group without members has one row. */
    private static void add(OutputTable table, GroupDescription group) {
        String assignor = group.assignor().isEmpty() ? null : group.assignor();
        if (group.members().isEmpty()) {
            table.add(group.groupId(), group.type(), group.state(), assignor, null, null, null, null, null);
        }
        for (GroupDescription.Member member : group.members()) {
            table.add(
                    group.groupId(),
                    group.type(),
                    group.state(),
                    assignor,
                    member.memberId(),
                    member.instanceId().orElse(null),
                    member.clientId(),
                    member.host(),
                    member.assignment().stream()
                            .sorted()
                            .map(TopicPartition::toString)
                            .collect(Collectors.joining(",")));
        }
    }
}
