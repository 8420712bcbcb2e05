package io.tailrace.cli;

import io.tailrace.client.Admin;
import io.tailrace.client.NewTopic;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tailrace topics create}. */
@Command(name = "create", description = "Creates a topic and waits until its partitions have leaders.")
final class TopicsCreateCommand implements Runnable {
    private final Clients clients;

    @Mixin
    private final BootstrapOptions bootstrap = new BootstrapOptions();

    @Option(names = "--topic", paramLabel = "TOPIC", required = true, description = "Name of the topic.")
    private String topic = "";

    @Option(
            names = "--partitions",
            paramLabel = "N",
            description = "Number of partitions. Default: the broker's num.partitions.")
    private Optional<Integer> partitions = Optional.empty();

    @Option(
            names = "--replication-factor",
            paramLabel = "N",
            description = "Replicas of each partition. Default: the broker's default.replication.factor.")
    private Optional<Integer> replicationFactor = Optional.empty();

    @Option(
            names = "--config",
            paramLabel = "KEY=VALUE",
            description = "Setting, such as retention.ms=3600000. May be repeated.")
    private final Map<String, String> config = new LinkedHashMap<>();

    TopicsCreateCommand(Clients clients) {
        this.clients = clients;
    }

    @Override
    public void run() {
        NewTopic newTopic = BootstrapOptions.checked(
                () -> new NewTopic(topic, optionalInt(partitions), optionalInt(replicationFactor), config));
        try (Admin admin = clients.admin(bootstrap.clientConfig())) {
            admin.createTopic(newTopic);
        }
    }

    private static OptionalInt optionalInt(Optional<Integer> value) {
        return value.map(OptionalInt::of).orElseGet(OptionalInt::empty);
    }
}
