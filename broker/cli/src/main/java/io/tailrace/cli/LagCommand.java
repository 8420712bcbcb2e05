package io.tailrace.cli;

import io.tailrace.client.Admin;
import io.tailrace.process.CommandRunner;
import io.tailrace.process.OutputOptions;
import io.tailrace.process.OutputTable;
import io.tailrace.protocol.TopicPartition;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tailrace lag}. */
@Command(
        name = "lag",
        description = "Shows how far a consumer group's committed offsets are behind the log.",
        footer = "Exit code 3 if the lag of any partition is over --max-lag.")
final class LagCommand implements Callable<Integer> {
    private final Clients clients;

    @Mixin
    private final BootstrapOptions bootstrap = new BootstrapOptions();

    @Option(names = "--group", paramLabel = "GROUP", required = true, description = "The consumer group.")
    private String group = "";

    @Option(
            names = "--max-lag",
            paramLabel = "RECORDS",
            description = "The largest lag that is allowed for a partition.")
    private Optional<Long> lagMax = Optional.empty();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    LagCommand(Clients clients) {
        this.clients = clients;
    }

    @Override
    public Integer call() {
        BootstrapOptions.requireAtLeast(0, "--max-lag", lagMax.orElse(0L));
        try (Admin admin = clients.admin(bootstrap.clientConfig())) {
            Map<TopicPartition, Long> committed = new TreeMap<>(admin.groupOffsets(group));
            if (committed.isEmpty()) {
                throw new IllegalStateException("group " + group + " has no committed offsets");
            }
            Map<TopicPartition, Long> logEndOffsets = admin.latestOffsets(committed.keySet());
            OutputTable table =
                    new OutputTable("GROUP", "TOPIC", "PARTITION", "CURRENT-OFFSET", "LOG-END-OFFSET", "LAG");
            long worst = 0;
            for (Map.Entry<TopicPartition, Long> entry : committed.entrySet()) {
                TopicPartition partition = entry.getKey();
                long logEndOffset = Objects.requireNonNull(logEndOffsets.get(partition));
                long lag = Math.max(0, logEndOffset - entry.getValue());
                table.add(group, partition.topic(), partition.partition(), entry.getValue(), logEndOffset, lag);
                worst = Math.max(worst, lag);
            }
            output.print(table);
            return worst > lagMax.orElse(Long.MAX_VALUE) ? CommandRunner.OVER_THRESHOLD : 0;
        }
    }
}
