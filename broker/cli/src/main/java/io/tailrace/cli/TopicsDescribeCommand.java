package io.tailrace.cli;

import io.tailrace.client.Admin;
import io.tailrace.client.TopicDescription;
import io.tailrace.protocol.TopicPartition;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tailrace topics describe}. */
@Command(name = "describe", description = "Shows leader, replicas and offsets of each partition.")
final class TopicsDescribeCommand implements Runnable {
    private final Clients clients;

    @Mixin
    private final BootstrapOptions bootstrap = new BootstrapOptions();

    @Option(names = "--topic", paramLabel = "TOPIC", description = "May be repeated; default all but internal ones.")
    private List<String> topics = List.of();

    @Mixin
    private final TableOptions output = new TableOptions();

    TopicsDescribeCommand(Clients clients) {
        this.clients = clients;
    }

    @Override
    public void run() {
        try (Admin admin = clients.admin(bootstrap.clientConfig())) {
            Map<String, TopicDescription> described =
                    new TreeMap<>(admin.describe(topics.isEmpty() ? admin.topics(false) : topics));
            List<TopicPartition> led = described.values().stream()
                    .flatMap(topic -> topic.partitions().stream()
                            .filter(partition -> partition.leader().isPresent())
                            .map(partition -> new TopicPartition(topic.name(), partition.partition())))
                    .toList();
            Map<TopicPartition, Long> earliest = admin.earliestOffsets(led);
            Map<TopicPartition, Long> latest = admin.latestOffsets(led);
            Table table =
                    new Table("TOPIC", "PARTITION", "LEADER", "REPLICAS", "ISR", "LOG-START-OFFSET", "LOG-END-OFFSET");
            described.forEach((name, topic) -> topic.partitions().forEach(partition -> {
                TopicPartition key = new TopicPartition(name, partition.partition());
                table.add(
                        name,
                        partition.partition(),
                        partition.leader().isPresent() ? partition.leader().getAsInt() : null,
                        joined(partition.replicas()),
                        joined(partition.isr()),
                        earliest.get(key),
                        latest.get(key));
            }));
            output.print(table);
        }
    }

    private static String joined(Collection<Integer> brokers) {
        return brokers.stream().map(String::valueOf).collect(Collectors.joining(","));
    }
}
