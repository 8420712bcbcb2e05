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
            "Moves partitions to other brokers, and returns while they are on their way.",
            "--status tells what still is; it and --cancel take the throttle back once nothing is."
        },
        footer = "Exit code 3 of --status while partitions are on their way.")
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
                description = "Spreads partitions evenly over these brokers, moving as little as that takes.")
        private List<Integer> brokers = List.of();

        @Option(
                names = "--plan",
                paramLabel = "FILE",
                description = "Moves partitions as a plan in the JSON of kafka-reassign-partitions says.")
        private Optional<Path> plan = Optional.empty();

        @Option(names = "--status", description = "Shows the partitions that are on their way.")
        private boolean status;

        @Option(names = "--cancel", description = "Has partitions that are on their way stay where they were.")
        private boolean cancel;
    }

    @Option(
            names = "--topics",
            split = ",",
            paramLabel = "TOPIC",
            description = "Concerns these topics only; default all, internal ones too. Not with --plan.")
    private List<String> topics = List.of();

    @Option(
            names = "--throttle",
            paramLabel = "BYTES",
            description = "Each broker copies at most so many bytes a second.")
    private Optional<Long> throttleBytesPerSecond = Optional.empty();

    @Option(names = "--dry-run", description = "Shows what would be moved, and moves nothing.")
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
            throw new ConfigException("--dry-run and --throttle go with --brokers or --plan only");
        }
        if (action.plan.isPresent() && !topics.isEmpty()) {
            throw new ConfigException("--topics does not go with --plan, which names partitions itself");
        }
        if (throttleBytesPerSecond.orElse(1L) < 1) {
            throw new ConfigException(
                    "--throttle: expected 1 or more bytes a second, is " + throttleBytesPerSecond.get());
        }
        try (ClusterAdmin admin = clients.admin(bootstrap.clientConfig())) {
            if (starts) {
                start(admin);
                return 0;
            }
            Map<TopicPartition, Reassignment> underWay = underWay(admin);
            if (action.cancel) {
                admin.cancelReassignments(underWay.keySet());
                tell(underWay.size() + " reassignments are cancelled; --status tells when nothing is on its way");
                releaseThrottle(admin);
                return 0;
            }
            return status(admin, underWay);
        }
    }

    private Map<TopicPartition, Reassignment> underWay(ClusterAdmin admin) {
        Map<TopicPartition, Reassignment> underWay = new TreeMap<>(admin.reassignments());
        underWay.keySet().removeIf(partition -> !topics.isEmpty() && !topics.contains(partition.topic()));
        return underWay;
    }

    private int status(ClusterAdmin admin, Map<TopicPartition, Reassignment> underWay) {
        OutputTable table = new OutputTable("TOPIC", "PARTITION", "REPLICAS", "ADDING", "REMOVING");
        underWay.forEach((partition, each) -> table.add(
                partition.topic(),
                partition.partition(),
                TopicsDescribeCommand.joined(each.replicas()),
                TopicsDescribeCommand.joined(each.adding()),
                TopicsDescribeCommand.joined(each.removing())));
        output.print(table);
        releaseThrottle(admin);
        return underWay.isEmpty() ? 0 : CommandRunner.OVER_THRESHOLD;
    }

    private void releaseThrottle(ClusterAdmin admin) {
        if (admin.reassignments().isEmpty() && new ReplicationThrottle(admin).remove()) {
            tell("nothing is on its way any more: the throttle is taken back");
        }
    }

    private void start(ClusterAdmin admin) throws IOException {
        Map<TopicPartition, List<Integer>> moves;
        Map<TopicPartition, List<Integer>> now;
        if (action.plan.isPresent()) {
            moves = ReassignmentPlan.read(action.plan.get());
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
            return;
        }
        if (moves.isEmpty()) {
            tell("there is nothing to move");
            return;
        }
        throttleBytesPerSecond.ifPresent(rate -> new ReplicationThrottle(admin).set(rate, now, moves));
        admin.reassign(moves);
        tell(moves.size() + " partitions are on their way; --status tells when they are there");
    }

    private static Map<TopicPartition, List<Integer>> replicas(ClusterAdmin admin, Collection<String> topics) {
        Map<TopicPartition, List<Integer>> replicas = new HashMap<>();
        Map<TopicPartition, Reassignment> underWay = admin.reassignments();
        admin.describe(topics).forEach((name, topic) -> topic.partitions().forEach(partition -> {
            TopicPartition id = new TopicPartition(name, partition.partition());
            Reassignment reassignment = underWay.get(id);
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
                        "--brokers: broker " + broker + " is not up, only " + new TreeMap<>(all).keySet());
            }
            racks.put(broker, rack);
        }
        return racks;
    }

    private void tell(String line) {
        command.commandLine().getErr().println(line);
        command.commandLine().getErr().flush();
    }
}
