package io.tailrace.cli;

import io.tailrace.client.GroupAdmin;
import io.tailrace.client.GroupListing;
import io.tailrace.process.OutputOptions;
import io.tailrace.process.OutputTable;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tailrace groups list}. */
@Command(name = "list", description = "Lists the groups that have members or offsets.")
final class GroupsListCommand implements Runnable {
    private final Clients clients;

    @Mixin
    private final BootstrapOptions bootstrap = new BootstrapOptions();

    @Option(
            names = "--state",
            paramLabel = "STATE",
            description = "Shows only groups in this state, such as Stable or Empty. May be repeated.")
    private List<String> states = List.of();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    GroupsListCommand(Clients clients) {
        this.clients = clients;
    }

    @Override
    public void run() {
        List<String> wanted =
                states.stream().map(state -> state.toLowerCase(Locale.ROOT)).toList();
        OutputTable table = new OutputTable("GROUP", "STATE", "PROTOCOL-TYPE", "COORDINATOR");
        try (GroupAdmin admin = clients.groupAdmin(bootstrap.clientConfig())) {
            for (GroupListing group : admin.groups()) {
                if (wanted.isEmpty() || wanted.contains(group.state().toLowerCase(Locale.ROOT))) {
                    table.add(group.groupId(), group.state(), group.protocolType(), group.coordinator());
                }
            }
        }
        output.print(table);
    }
}
