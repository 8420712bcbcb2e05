package io.tailrace.cli;

import io.tailrace.client.ClusterAdmin;
import io.tailrace.process.CommandRunner;
import io.tailrace.process.OutputOptions;
import io.tailrace.process.OutputTable;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tailrace topics elect}. */
@Command(
        name = "elect",
        description =
                "Elects the first replica of each partition as its leader, and shows the partitions where it was not the leader.",
        footer = "Exit code 3 if a first replica could not be elected because it is not in sync.")
final class TopicsElectCommand implements Callable<Integer> {
    private final Clients clients;

    @Mixin
    private final BootstrapOptions bootstrap = new BootstrapOptions();

    @Option(
            names = "--topic",
            paramLabel = "TOPIC",
            description = "Name of a topic. May be repeated. Default: all, including internal ones.")
    private List<String> topics = List.of();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    TopicsElectCommand(Clients clients) {
        this.clients = clients;
    }

    @Override
    public Integer call() {
        try (ClusterAdmin admin = clients.admin(bootstrap.clientConfig())) {
            List<TopicPartition> partitions =
                    admin.describe(topics.isEmpty() ? admin.topics(true) : topics).values().stream()
                            .flatMap(topic -> topic.partitions().stream()
                                    .map(partition -> new TopicPartition(topic.name(), partition.partition())))
                            .toList();
            Map<TopicPartition, ErrorCode> outcomes = new TreeMap<>(admin.electPreferredLeaders(partitions));
            outcomes.values().removeIf(outcome -> outcome == ErrorCode.ELECTION_NOT_NEEDED);
            OutputTable table = new OutputTable("TOPIC", "PARTITION", "OUTCOME");
            outcomes.forEach((partition, outcome) -> table.add(
                    partition.topic(), partition.partition(), outcome == ErrorCode.NONE ? "elected" : outcome.name()));
            output.print(table);
            boolean all = outcomes.values().stream().allMatch(outcome -> outcome == ErrorCode.NONE);
            return all ? 0 : CommandRunner.NEEDS_ATTENTION;
        }
    }
}
