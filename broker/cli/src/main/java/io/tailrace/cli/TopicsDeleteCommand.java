package io.tailrace.cli;

import io.tailrace.client.Admin;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tailrace topics delete}. */
@Command(name = "delete", description = "Deletes topics with all their records.")
final class TopicsDeleteCommand implements Runnable {
    private final Clients clients;

    @Mixin
    private final BootstrapOptions bootstrap = new BootstrapOptions();

    @Option(
            names = "--topic",
            paramLabel = "TOPIC",
            required = true,
            description = "Name of the topic. May be repeated.")
    private List<String> topics = List.of();

    TopicsDeleteCommand(Clients clients) {
        this.clients = clients;
    }

    @Override
    public void run() {
        try (Admin admin = clients.admin(bootstrap.clientConfig())) {
            admin.deleteTopics(topics);
        }
    }
}
