package io.tailrace.cli;

import io.tailrace.client.GroupAdmin;
import io.tailrace.client.GroupDescription;
import io.tailrace.process.OutputOptions;
import io.tailrace.process.OutputTable;
import io.tailrace.protocol.TopicPartition;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tailrace groups describe}. */
@Command(
        name = "describe",
        description = "Shows the members of groups and their partitions. See lag for their offsets.")
final class GroupsDescribeCommand implements Runnable {
    private final Clients clients;

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
    public void run() {
        OutputTable table = new OutputTable(
                "GROUP", "TYPE", "STATE", "ASSIGNOR", "MEMBER", "INSTANCE", "CLIENT", "HOST", "PARTITIONS");
        try (GroupAdmin admin = clients.groupAdmin(bootstrap.clientConfig())) {
            for (String name : groups) {
                GroupDescription group = admin.describe(name);
                if (group.state().equals(GroupDescription.DEAD)
                        && admin.committed(name).isEmpty()) {
                    throw new IllegalStateException("group " + name + " does not exist");
                }
                add(table, group);
            }
        }
        output.print(table);
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
