package io.tailrace.cli;

import io.tailrace.client.Admin;
import io.tailrace.client.TopicDescription;
import io.tailrace.process.OutputOptions;
import io.tailrace.process.OutputTable;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tailrace topics list}. */
@Command(name = "list", description = "Lists topics.")
final class TopicsListCommand implements Runnable {
    private final Clients clients;

    @Mixin
    private final BootstrapOptions bootstrap = new BootstrapOptions();

    @Option(names = "--internal", description = "Includes the cluster's internal topics.")
    private boolean internal;

    @Mixin
    private final OutputOptions output = new OutputOptions();

    TopicsListCommand(Clients clients) {
        this.clients = clients;
    }

    @Override
    public void run() {
        try (Admin admin = clients.admin(bootstrap.clientConfig())) {
            Map<String, TopicDescription> topics = new TreeMap<>(admin.describe(admin.topics(internal)));
            OutputTable table = new OutputTable("TOPIC", "PARTITIONS", "REPLICATION-FACTOR", "INTERNAL");
            topics.values()
                    .forEach(topic -> table.add(
                            topic.name(),
                            topic.partitions().size(),
                            topic.partitions().get(0).replicas().size(),
                            topic.internal()));
            output.print(table);
        }
    }
}
