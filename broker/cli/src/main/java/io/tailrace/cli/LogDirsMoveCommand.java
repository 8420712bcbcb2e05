package io.tailrace.cli;

import io.tailrace.client.ClusterAdmin;
import io.tailrace.client.LogDirectoryDescription;
import io.tailrace.config.ConfigException;
import io.tailrace.process.CommandRunner;
import io.tailrace.process.OutputOptions;
import io.tailrace.process.OutputTable;
import io.tailrace.protocol.TopicPartition;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tailrace log-dirs move}. */
@Command(
        name = "move",
        description = {
            "Begins to move replicas of a broker to another of its log directories, and returns before they have moved.",
            "Clients and followers go on meanwhile. log-dirs describe shows how far the moves are."
        },
        footer = "Exit code 3 if a replica does not begin to move.")
final class LogDirsMoveCommand implements Callable<Integer> {
    private final Clients clients;

    @Mixin
    private final BootstrapOptions bootstrap = new BootstrapOptions();

    @Option(names = "--broker", required = true, paramLabel = "ID", description = "The broker.")
    private int broker;

    @Option(
            names = "--to",
            required = true,
            paramLabel = "PATH",
            description = "One of its log directories, as log-dirs describe shows it.")
    private String to = "";

    @Option(
            names = "--topic",
            required = true,
            paramLabel = "TOPIC",
            description = "Moves the broker's replicas of this topic. May be repeated.")
    private List<String> topics = List.of();

    @Option(
            names = "--partition",
            split = ",",
            paramLabel = "N",
            description = "Only these partitions. Default: all of which the broker has a replica.")
    private Set<Integer> partitions = new TreeSet<>();

    @Option(names = "--dry-run", description = "Shows what would be moved, without moving it.")
    private boolean dryRun;

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Spec
    private CommandSpec command = CommandSpec.create();

    LogDirsMoveCommand(Clients clients) {
        this.clients = clients;
    }

    @Override
    public Integer call() {
        if (!partitions.isEmpty() && topics.size() > 1) {
            throw new ConfigException("--partition needs one --topic, found " + topics);
        }
        try (ClusterAdmin admin = clients.admin(bootstrap.clientConfig())) {
            List<LogDirectoryDescription> directories = DirectoryMoves.directories(admin, "--broker", Set.of(broker))
                    .getOrDefault(broker, List.of());
            Map<TopicPartition, String> targets = new TreeMap<>();
            for (TopicPartition replica : replicas(admin)) {
                targets.put(replica, to);
            }
            DirectoryMoves moves = new DirectoryMoves(Map.of(broker, targets));
            moves.check(admin, "--to");
            OutputTable table = new OutputTable("BROKER", "TOPIC", "PARTITION", "FROM", "TO");
            for (TopicPartition replica : List.copyOf(targets.keySet())) {
                Optional<String> from = directories.stream()
                        .filter(directory -> directory.sizeBytes().containsKey(replica))
                        .map(LogDirectoryDescription::path)
                        .findFirst();
                table.add(broker, replica.topic(), replica.partition(), from.orElse(null), to);
            }
            output.print(table);
            return dryRun ? 0 : begin(admin, moves, targets.size());
        }
    }

    /** The replicas that the options name, at least one. */
    private Set<TopicPartition> replicas(ClusterAdmin admin) {
        Set<TopicPartition> held = new TreeSet<>();
        admin.describe(topics).forEach((name, topic) -> topic.partitions().stream()
                .filter(partition -> partition.replicas().contains(broker))
                .forEach(partition -> held.add(new TopicPartition(name, partition.partition()))));
        for (String topic : topics) {
            if (held.stream().noneMatch(replica -> replica.topic().equals(topic))) {
                throw new ConfigException("--topic: broker " + broker + " has no replica of " + topic);
            }
        }
        for (int partition : partitions) {
            TopicPartition replica = new TopicPartition(topics.get(0), partition);
            if (!held.contains(replica)) {
                throw new ConfigException("--partition: broker " + broker + " has no replica of " + replica
                        + "; expected some of " + held);
            }
        }
        held.removeIf(replica -> !partitions.isEmpty() && !partitions.contains(replica.partition()));
        return held;
    }

    private int begin(ClusterAdmin admin, DirectoryMoves moves, int count) {
        List<String> failures = moves.begin(admin, (partition, id) -> false);
        report(count - failures.size() + " replicas move to " + to + " or are there; log-dirs describe shows how far");
        failures.forEach(this::report);
        return failures.isEmpty() ? 0 : CommandRunner.NEEDS_ATTENTION;
    }

    private void report(String line) {
        command.commandLine().getErr().println(line);
        command.commandLine().getErr().flush();
    }
}
