package io.tailrace.cli;

import io.tailrace.client.ClusterAdmin;
import io.tailrace.client.TopicDescription;
import io.tailrace.process.OutputOptions;
import io.tailrace.process.OutputTable;
import io.tailrace.protocol.TopicPartition;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tailrace topics describe}. */
@Command(
        name = "describe",
        description = {
            "Shows leader, replicas and offsets of each partition.",
            "With --under-replicated, --unavailable or --under-min-isr, shows only the partitions that match one of them,"
                    + " including those of internal topics, and offline replicas instead of offsets."
        })
final class TopicsDescribeCommand implements Runnable {
    private final Clients clients;

    @Mixin
    private final BootstrapOptions bootstrap = new BootstrapOptions();

    @Option(
            names = "--topic",
            paramLabel = "TOPIC",
            description = "Name of a topic. May be repeated. Default: all but internal ones.")
    private List<String> topics = List.of();

    @Option(names = "--under-replicated", description = "Shows partitions with replicas that are not in sync.")
    private boolean underReplicated;

    @Option(names = "--unavailable", description = "Shows partitions without a leader.")
    private boolean unavailable;

    @Option(
            names = "--under-min-isr",
            description = "Shows partitions with fewer replicas in sync than min.insync.replicas.")
    private boolean underMinIsr;

    @Mixin
    private final OutputOptions output = new OutputOptions();

    TopicsDescribeCommand(Clients clients) {
        this.clients = clients;
    }

    @Override
    public void run() {
        try (ClusterAdmin admin = clients.admin(bootstrap.clientConfig())) {
            boolean filtered = underReplicated || unavailable || underMinIsr;
            Collection<String> asked = topics.isEmpty() ? admin.topics(filtered) : topics;
            output.print(filtered ? unhealthy(admin, asked) : described(admin, asked));
        }
    }

    /** Uses metadata only, since a leader may not answer. */
    private OutputTable unhealthy(ClusterAdmin admin, Collection<String> asked) {
        OutputTable table = new OutputTable("TOPIC", "PARTITION", "LEADER", "REPLICAS", "ISR", "OFFLINE");
        PartitionHealth.of(admin, asked).stream()
                .filter(each -> (underReplicated && each.underReplicated())
                        || (unavailable && each.unavailable())
                        || (underMinIsr && each.underMinIsr()))
                .forEach(each -> table.add(
                        each.id().topic(),
                        each.id().partition(),
                        leader(each.partition()),
                        joined(each.partition().replicas()),
                        joined(each.partition().isr()),
                        joined(each.partition().offline())));
        return table;
    }

    private static OutputTable described(ClusterAdmin admin, Collection<String> asked) {
        Map<String, TopicDescription> described = new TreeMap<>(admin.describe(asked));
        List<TopicPartition> led = described.values().stream()
                .flatMap(topic -> topic.partitions().stream()
                        .filter(partition -> partition.leader().isPresent())
                        .map(partition -> new TopicPartition(topic.name(), partition.partition())))
                .toList();
        Map<TopicPartition, Long> earliest = admin.earliestOffsets(led);
        Map<TopicPartition, Long> latest = admin.latestOffsets(led);
        OutputTable table = new OutputTable(
                "TOPIC", "PARTITION", "LEADER", "REPLICAS", "ISR", "LOG-START-OFFSET", "LOG-END-OFFSET");
        described.forEach((name, topic) -> topic.partitions().forEach(partition -> {
            TopicPartition key = new TopicPartition(name, partition.partition());
            table.add(
                    name,
                    partition.partition(),
                    leader(partition),
                    joined(partition.replicas()),
                    joined(partition.isr()),
                    earliest.get(key),
                    latest.get(key));
        }));
        return table;
    }

    private static @Nullable Integer leader(TopicDescription.Partition partition) {
        return partition.leader().isPresent() ? partition.leader().getAsInt() : null;
    }

    /** Broker ids, separated by commas. */
    static String joined(Collection<Integer> brokers) {
        return brokers.stream().map(String::valueOf).collect(Collectors.joining(","));
    }
}
