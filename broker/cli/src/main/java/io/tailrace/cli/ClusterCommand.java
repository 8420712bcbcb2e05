package io.tailrace.cli;

import io.tailrace.client.ClusterAdmin;
import io.tailrace.client.ClusterDescription;
import io.tailrace.process.CommandRunner;
import io.tailrace.process.OutputOptions;
import io.tailrace.process.OutputTable;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code tailrace cluster}. */
@Command(
        name = "cluster",
        description =
                "Shows each broker with its leaders and replicas, and on standard error a summary of all partitions.",
        footer = "Exit code 3 while a partition is under-replicated or unavailable.")
final class ClusterCommand implements Callable<Integer> {
    private final Clients clients;

    @Mixin
    private final BootstrapOptions bootstrap = new BootstrapOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Spec
    private CommandSpec command = CommandSpec.create();

    ClusterCommand(Clients clients) {
        this.clients = clients;
    }

    /** How many replicas one broker leads and holds. */
    private static final class Share {
        private int leaders;
        private int replicas;
        private int outOfSync;
    }

    @Override
    public Integer call() {
        try (ClusterAdmin admin = clients.admin(bootstrap.clientConfig())) {
            ClusterDescription cluster = admin.cluster();
            List<PartitionHealth> partitions = PartitionHealth.of(admin, admin.topics(true));
            output.print(table(cluster, shares(cluster, partitions)));
            command.commandLine().getErr().println(summary(cluster, partitions));
            boolean healthy = partitions.stream().noneMatch(each -> each.underReplicated() || each.unavailable());
            return healthy ? 0 : CommandRunner.NEEDS_ATTENTION;
        }
    }

    private static Map<Integer, Share> shares(ClusterDescription cluster, List<PartitionHealth> partitions) {
        Map<Integer, Share> shares = new TreeMap<>();
        cluster.nodes().forEach(node -> shares.put(node.id(), new Share()));
        for (PartitionHealth each : partitions) {
            each.partition().leader().ifPresent(id -> share(shares, id).leaders++);
            each.partition().replicas().forEach(id -> share(shares, id).replicas++);
            each.outOfSync().forEach(id -> share(shares, id).outOfSync++);
        }
        return shares;
    }

    private static Share share(Map<Integer, Share> shares, int broker) {
        return shares.computeIfAbsent(broker, id -> new Share());
    }

    private static OutputTable table(ClusterDescription cluster, Map<Integer, Share> shares) {
        OutputTable table = new OutputTable(
                "BROKER", "UP", "HOST", "PORT", "RACK", "CONTROLLER", "LEADERS", "REPLICAS", "OUT-OF-SYNC");
        shares.forEach((id, share) -> {
            ClusterDescription.@Nullable Node node = cluster.nodes().stream()
                    .filter(each -> each.id() == id)
                    .findFirst()
                    .orElse(null);
            table.add(
                    id,
                    node != null,
                    node == null ? null : node.host(),
                    node == null ? null : node.port(),
                    node == null ? null : node.rack().orElse(null),
                    cluster.controllerId().equals(OptionalInt.of(id)),
                    share.leaders,
                    share.replicas,
                    share.outOfSync);
        });
        return table;
    }

    private static String summary(ClusterDescription cluster, List<PartitionHealth> partitions) {
        return "%d brokers up, %d partitions: %d under-replicated, %d unavailable, %d under min ISR, %d reassigning%s"
                .formatted(
                        cluster.nodes().size(),
                        partitions.size(),
                        count(partitions, PartitionHealth::underReplicated),
                        count(partitions, PartitionHealth::unavailable),
                        count(partitions, PartitionHealth::underMinIsr),
                        count(partitions, PartitionHealth::reassigning),
                        cluster.controllerId().isPresent() ? "" : "; no controller");
    }

    private static long count(List<PartitionHealth> partitions, Predicate<PartitionHealth> wanted) {
        return partitions.stream().filter(wanted).count();
    }
}
