package io.tailrace.cli;

import io.tailrace.client.ClusterAdmin;
import io.tailrace.client.TopicDescription;
import io.tailrace.config.ConfigException;
import io.tailrace.process.OutputOptions;
import io.tailrace.process.OutputTable;
import io.tailrace.protocol.TopicPartition;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tailrace topics delete-records}. */
@Command(
        name = "delete-records",
        description = {
            "Deletes the oldest records of a topic's partitions, and shows the first offset that is left of each.",
            "They can no longer be read at once; their space is freed by the brokers' next retention check."
        })
final class TopicsDeleteRecordsCommand implements Runnable {
    private final Clients clients;

    @Mixin
    private final BootstrapOptions bootstrap = new BootstrapOptions();

    @Option(names = "--topic", paramLabel = "TOPIC", required = true, description = "Name of the topic.")
    private String topic = "";

    @Option(
            names = "--partition",
            paramLabel = "N",
            description = "Only this partition. May be repeated. Default: all partitions.")
    private List<Integer> only = List.of();

    @ArgGroup(multiplicity = "1")
    private Extent extent = new Extent();

    /** How much to delete: one of these. */
    static final class Extent {
        @Option(
                names = "--before-offset",
                paramLabel = "OFFSET",
                description = "Deletes the records below this offset. Needs one --partition.")
        private Optional<Long> beforeOffset = Optional.empty();

        @Option(names = "--all", description = "Deletes all records that consumers can read now.")
        private boolean all;
    }

    @Mixin
    private final OutputOptions output = new OutputOptions();

    TopicsDeleteRecordsCommand(Clients clients) {
        this.clients = clients;
    }

    @Override
    public void run() {
        if (extent.beforeOffset.isPresent() && only.size() != 1) {
            throw new ConfigException("--before-offset: expected one --partition, found " + only.size()
                    + ": offsets differ from partition to partition");
        }
        BootstrapOptions.requireAtLeast(0, "--before-offset", extent.beforeOffset.orElse(0L));
        long offset = extent.all ? ClusterAdmin.ALL_RECORDS : extent.beforeOffset.orElseThrow();
        try (ClusterAdmin admin = clients.admin(bootstrap.clientConfig())) {
            Map<TopicPartition, Long> deleted = admin.deleteRecords(partitions(admin).stream()
                    .collect(Collectors.toMap(partition -> new TopicPartition(topic, partition), partition -> offset)));
            OutputTable table = new OutputTable("TOPIC", "PARTITION", "LOG-START-OFFSET");
            new TreeMap<>(deleted)
                    .forEach((partition, start) -> table.add(partition.topic(), partition.partition(), start));
            output.print(table);
        }
    }

    private Set<Integer> partitions(ClusterAdmin admin) {
        Set<Integer> existing = admin.describe(List.of(topic)).values().stream()
                .flatMap(described -> described.partitions().stream())
                .map(TopicDescription.Partition::partition)
                .collect(Collectors.toSet());
        if (only.isEmpty()) {
            return existing;
        }
        for (int partition : only) {
            if (!existing.contains(partition)) {
                throw new ConfigException("--partition=" + partition + ": expected 0 to " + (existing.size() - 1));
            }
        }
        return new HashSet<>(only);
    }
}
