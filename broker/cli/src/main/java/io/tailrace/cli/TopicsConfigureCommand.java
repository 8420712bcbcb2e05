package io.tailrace.cli;

import io.tailrace.client.ClusterAdmin;
import io.tailrace.process.OutputOptions;
import io.tailrace.process.OutputTable;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tailrace topics configure}. */
@Command(
        name = "configure",
        description =
                "Changes settings of a topic, such as retention.ms=3600000, all or none of them. Without --set and --unset,"
                        + " shows all settings.")
final class TopicsConfigureCommand implements Runnable {
    private final Clients clients;

    @Mixin
    private final BootstrapOptions bootstrap = new BootstrapOptions();

    @Option(names = "--topic", paramLabel = "TOPIC", required = true, description = "Name of the topic.")
    private String topic = "";

    @Mixin
    private final SettingOptions settings = new SettingOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    TopicsConfigureCommand(Clients clients) {
        this.clients = clients;
    }

    @Override
    public void run() {
        Map<String, Optional<String>> changes = settings.changes();
        try (ClusterAdmin admin = clients.admin(bootstrap.clientConfig())) {
            if (changes.isEmpty()) {
                OutputTable table = new OutputTable("KEY", "VALUE", "DEFAULT");
                admin.topicConfig(topic).forEach(entry -> table.add(entry.name(), entry.value(), entry.isDefault()));
                output.print(table);
            } else {
                admin.configureTopic(topic, changes);
            }
        }
    }
}
