package io.tailrace.cli;

import io.tailrace.client.ClusterAdmin;
import io.tailrace.config.ConfigException;
import io.tailrace.process.OutputOptions;
import io.tailrace.process.OutputTable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tailrace topics configure}. */
@Command(
        name = "configure",
        description =
                "Changes settings of a topic, all or none of them. Without --set and --unset, shows all settings.")
final class TopicsConfigureCommand implements Runnable {
    private final Clients clients;

    @Mixin
    private final BootstrapOptions bootstrap = new BootstrapOptions();

    @Option(names = "--topic", paramLabel = "TOPIC", required = true, description = "Name of the topic.")
    private String topic = "";

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Setting, such as retention.ms=3600000. May be repeated.")
    private final Map<String, String> set = new LinkedHashMap<>();

    @Option(names = "--unset", paramLabel = "KEY", description = "Restores the brokers' default. May be repeated.")
    private List<String> unset = List.of();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    TopicsConfigureCommand(Clients clients) {
        this.clients = clients;
    }

    @Override
    public void run() {
        Map<String, Optional<String>> changes = new LinkedHashMap<>();
        set.forEach((key, value) -> changes.put(key, Optional.of(value)));
        for (String key : unset) {
            if (changes.put(key, Optional.empty()) != null) {
                throw new ConfigException(key + ": expected once in --set or --unset");
            }
        }
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
