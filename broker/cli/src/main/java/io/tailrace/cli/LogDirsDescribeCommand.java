package io.tailrace.cli;

import io.tailrace.client.ClusterAdmin;
import io.tailrace.client.LogDirectoryDescription;
import io.tailrace.process.OutputOptions;
import io.tailrace.process.OutputTable;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tailrace log-dirs describe}. */
@Command(
        name = "describe",
        description = {
            "Shows the log directories of brokers: how many replicas and bytes each holds, and what moves into it.",
            "With --topic, shows each replica of the topic, and how many records the copy of a moving one lacks."
        })
final class LogDirsDescribeCommand implements Callable<Integer> {
    private final Clients clients;

    @Mixin
    private final BootstrapOptions bootstrap = new BootstrapOptions();

    @Option(
            names = "--broker",
            split = ",",
            paramLabel = "ID",
            description = "Only these brokers. Default: all that are up.")
    private Set<Integer> brokers = new TreeSet<>();

    @Option(names = "--topic", paramLabel = "TOPIC", description = "Shows replicas of a topic. May be repeated.")
    private List<String> topics = List.of();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    LogDirsDescribeCommand(Clients clients) {
        this.clients = clients;
    }

    @Override
    public Integer call() {
        try (ClusterAdmin admin = clients.admin(bootstrap.clientConfig())) {
            if (!topics.isEmpty()) {
                // Refuses topics that do not exist.
                var unused = admin.describe(topics);
            }
            OutputTable table = topics.isEmpty()
                    ? new OutputTable("BROKER", "DIRECTORY", "ONLINE", "REPLICAS", "BYTES", "MOVING-IN", "LAG")
                    : new OutputTable("BROKER", "TOPIC", "PARTITION", "DIRECTORY", "BYTES", "MOVING-IN", "LAG");
            DirectoryMoves.directories(admin, "--broker", brokers)
                    .forEach((broker, directories) -> directories.forEach(directory -> {
                        if (topics.isEmpty()) {
                            add(table, broker, directory);
                        } else {
                            addReplicas(table, broker, directory);
                        }
                    }));
            output.print(table);
            return 0;
        }
    }

    private static void add(OutputTable table, int broker, LogDirectoryDescription directory) {
        if (directory.online()) {
            table.add(
                    broker,
                    directory.path(),
                    true,
                    directory.sizeBytes().size(),
                    directory.sizeBytes().values().stream()
                            .mapToLong(bytes -> bytes)
                            .sum(),
                    directory.copies().size(),
                    directory.copies().values().stream()
                            .mapToLong(LogDirectoryDescription.Copy::offsetLag)
                            .sum());
        } else {
            table.add(broker, directory.path(), false, null, null, null, null);
        }
    }

    private void addReplicas(OutputTable table, int broker, LogDirectoryDescription directory) {
        new TreeMap<>(directory.sizeBytes()).forEach((partition, bytes) -> {
            if (topics.contains(partition.topic())) {
                table.add(broker, partition.topic(), partition.partition(), directory.path(), bytes, false, null);
            }
        });
        new TreeMap<>(directory.copies()).forEach((partition, copy) -> {
            if (topics.contains(partition.topic())) {
                table.add(
                        broker,
                        partition.topic(),
                        partition.partition(),
                        directory.path(),
                        copy.sizeBytes(),
                        true,
                        copy.offsetLag());
            }
        });
    }
}
