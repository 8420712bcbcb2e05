package io.tailrace.cli;

import io.tailrace.client.ClusterAdmin;
import io.tailrace.client.ClusterDescription;
import io.tailrace.client.Reassignment;
import io.tailrace.config.ConfigException;
import io.tailrace.process.CommandRunner;
import io.tailrace.process.OutputOptions;
import io.tailrace.process.OutputTable;
import io.tailrace.protocol.TopicPartition;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tailrace reassign}. */
@Command(
        name = "reassign",
        description = {
            "Starts to move partitions to other brokers, and returns before they have moved.",
            "--status shows reassignments in progress. Once there are none, --status and --cancel remove the throttle."
        },
        footer = {
            "--status exits with code 3 while reassignments are in progress.",
            "--plan exits with code 3 if a replica does not move to the log directory that the plan names."
        })
final class ReassignCommand implements Callable<Integer> {
    private final Clients clients;

    @Mixin
    private final BootstrapOptions bootstrap = new BootstrapOptions();

    @ArgGroup(multiplicity = "1")
    private Action action = new Action();

    /** What to do: one of these. */
    static final class Action {
        @Option(
                names = "--brokers",
                split = ",",
                paramLabel = "ID",
                description = "Spreads partitions evenly over these brokers, moving as few as possible.")
        private List<Integer> brokers = List.of();

        @Option(
                names = "--plan",
                paramLabel = "FILE",
                description = {
                    "Moves partitions as planned in FILE, in the JSON format of kafka-reassign-partitions.",
                    "log_dirs names the log directory of each replica, or \"any\"; tailrace log-dirs describe shows them."
                })
        private Optional<Path> plan = Optional.empty();

        @Option(names = "--status", description = "Shows the reassignments in progress.")
        private boolean status;

        @Option(names = "--cancel", description = "Cancels the reassignments in progress.")
        private boolean cancel;
    }

    @Option(
            names = "--topics",
            split = ",",
            paramLabel = "TOPIC",
            description = "Only these topics. Default: all, including internal ones. Not with --plan.")
    private List<String> topics = List.of();

    @Option(
            names = "--throttle",
            paramLabel = "BYTES",
            description = "Limits each broker to copying this many bytes per second.")
    private Optional<Long> throttleBytesPerSecond = Optional.empty();

    @Option(names = "--dry-run", description = "Shows what would be moved, without moving it.")
    private boolean dryRun;

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Spec
    private CommandSpec command = CommandSpec.create();

    ReassignCommand(Clients clients) {
        this.clients = clients;
    }

    @Override
    public Integer call() throws IOException {
        boolean starts = !action.status && !action.cancel;
        if (!starts && (dryRun || throttleBytesPerSecond.isPresent())) {
            throw new ConfigException("--dry-run and --throttle need --brokers or --plan");
        }
        if (action.plan.isPresent() && !topics.isEmpty()) {
            throw new ConfigException("--topics and --plan exclude each other: the plan names its partitions");
        }
        BootstrapOptions.requireAtLeast(1, "--throttle", throttleBytesPerSecond.orElse(1L));
        try (ClusterAdmin admin = clients.admin(bootstrap.clientConfig())) {
            if (starts) {
                return start(admin);
            }
            Map<TopicPartition, Reassignment> inProgress = inProgress(admin);
            if (action.cancel) {
                admin.cancelReassignments(inProgress.keySet());
                report(inProgress.size() + " reassignments cancelled; --status shows when none is in progress");
                releaseThrottle(admin);
                return 0;
            }
            return status(admin, inProgress);
        }
    }

    private Map<TopicPartition, Reassignment> inProgress(ClusterAdmin admin) {
        Map<TopicPartition, Reassignment> inProgress = new TreeMap<>(admin.reassignments());
        inProgress.keySet().removeIf(partition -> !topics.isEmpty() && !topics.contains(partition.topic()));
        return inProgress;
    }

    private int status(ClusterAdmin admin, Map<TopicPartition, Reassignment> inProgress) {
        OutputTable table = new OutputTable("TOPIC", "PARTITION", "REPLICAS", "ADDING", "REMOVING");
        inProgress.forEach((partition, each) -> table.add(
                partition.topic(),
                partition.partition(),
                TopicsDescribeCommand.joined(each.replicas()),
                TopicsDescribeCommand.joined(each.adding()),
                TopicsDescribeCommand.joined(each.removing())));
        output.print(table);
        releaseThrottle(admin);
        return inProgress.isEmpty() ? 0 : CommandRunner.NEEDS_ATTENTION;
    }

    private void releaseThrottle(ClusterAdmin admin) {
        if (admin.reassignments().isEmpty() && new ReassignmentThrottle(admin).remove()) {
            report("no reassignment is in progress; throttle removed");
        }
    }

    private int start(ClusterAdmin admin) throws IOException {
        Map<TopicPartition, List<Integer>> moves;
        Map<TopicPartition, List<Integer>> now;
        DirectoryMoves directories = new DirectoryMoves(Map.of());
        if (action.plan.isPresent()) {
            ReassignmentPlan plan = ReassignmentPlan.read(action.plan.get());
            moves = plan.replicas();
            directories = new DirectoryMoves(plan.directories());
            directories.check(admin, String.valueOf(action.plan.get()));
            now = replicas(
                    admin,
                    moves.keySet().stream()
                            .map(TopicPartition::topic)
                            .distinct()
                            .toList());
        } else {
            now = replicas(admin, topics.isEmpty() ? admin.topics(true) : topics);
            moves = ReplicaBalance.moves(now, racks(admin));
        }
        OutputTable table = new OutputTable("TOPIC", "PARTITION", "REPLICAS", "NEW-REPLICAS");
        moves.forEach((partition, target) -> table.add(
                partition.topic(),
                partition.partition(),
                TopicsDescribeCommand.joined(now.getOrDefault(partition, List.of())),
                TopicsDescribeCommand.joined(target)));
        output.print(table);
        if (dryRun) {
            return 0;
        }
        if (moves.isEmpty()) {
            report("nothing to move");
            return 0;
        }
        throttleBytesPerSecond.ifPresent(rate -> new ReassignmentThrottle(admin).set(rate, now, moves));
        // Before the reassignment, so that brokers create new replicas in these directories.
        List<String> failures = directories.begin(admin, (partition, broker) -> !now.getOrDefault(partition, List.of())
                .contains(broker));
        admin.reassign(moves);
        report(moves.size() + " reassignments started; --status shows when they are complete");
        failures.forEach(this::report);
        return failures.isEmpty() ? 0 : CommandRunner.NEEDS_ATTENTION;
    }

    private static Map<TopicPartition, List<Integer>> replicas(ClusterAdmin admin, Collection<String> topics) {
        Map<TopicPartition, List<Integer>> replicas = new HashMap<>();
        Map<TopicPartition, Reassignment> inProgress = admin.reassignments();
        admin.describe(topics).forEach((name, topic) -> topic.partitions().forEach(partition -> {
            TopicPartition id = new TopicPartition(name, partition.partition());
            Reassignment reassignment = inProgress.get(id);
            replicas.put(id, reassignment == null ? partition.replicas() : reassignment.target());
        }));
        return replicas;
    }

    private Map<Integer, String> racks(ClusterAdmin admin) {
        Map<Integer, String> all = new HashMap<>();
        for (ClusterDescription.Node node : admin.cluster().nodes()) {
            all.put(node.id(), node.rack().orElse(""));
        }
        Map<Integer, String> racks = new TreeMap<>();
        for (int broker : action.brokers) {
            String rack = all.get(broker);
            if (rack == null) {
                throw new ConfigException(
                        "--brokers: broker " + broker + " is not up; expected some of " + new TreeMap<>(all).keySet());
            }
            racks.put(broker, rack);
        }
        return racks;
    }

    private void report(String line) {
        command.commandLine().getErr().println(line);
        command.commandLine().getErr().flush();
    }
}
