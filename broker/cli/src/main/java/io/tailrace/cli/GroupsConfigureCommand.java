package io.tailrace.cli;

import io.tailrace.client.ConfigEntry;
import io.tailrace.client.GroupAdmin;
import io.tailrace.process.OutputOptions;
import io.tailrace.process.OutputTable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tailrace groups configure}. */
@Command(
        name = "configure",
        description = {
            "Changes settings of a group, such as consumer.session.timeout.ms=60000, all or none of them. Without --set and"
                    + " --unset, shows all settings.",
            "The group need not exist. Members of the consumer protocol learn of a change with their next heartbeat; groups of"
                    + " the classic protocol have their settings in their clients."
        })
final class GroupsConfigureCommand implements Runnable {
    private final Clients clients;

    @Mixin
    private final BootstrapOptions bootstrap = new BootstrapOptions();

    @Option(names = "--group", paramLabel = "GROUP", required = true, description = "The consumer group.")
    private String group = "";

    @Mixin
    private final SettingOptions settings = new SettingOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    GroupsConfigureCommand(Clients clients) {
        this.clients = clients;
    }

    @Override
    public void run() {
        BootstrapOptions.requireNames("--group", List.of(group));
        Map<String, Optional<String>> changes = settings.changes();
        try (GroupAdmin admin = clients.groupAdmin(bootstrap.clientConfig())) {
            if (!changes.isEmpty()) {
                admin.configure(group, changes);
                return;
            }
            OutputTable table = new OutputTable("KEY", "VALUE", "DEFAULT");
            for (ConfigEntry entry : admin.config(group)) {
                table.add(entry.name(), entry.value(), entry.isDefault());
            }
            output.print(table);
        }
    }
}
