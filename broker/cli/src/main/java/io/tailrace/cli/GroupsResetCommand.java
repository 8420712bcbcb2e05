package io.tailrace.cli;

import io.tailrace.client.GroupAdmin;
import io.tailrace.client.GroupDescription;
import io.tailrace.config.ConfigException;
import io.tailrace.process.OutputOptions;
import io.tailrace.process.OutputTable;
import io.tailrace.protocol.TopicPartition;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tailrace groups reset}. */
@Command(
        name = "reset",
        description = {
            "Sets the committed offsets of a group that has no members. Shows what it would do, unless --execute is given.",
            "Offsets outside of the log become its first or its end offset."
        })
final class GroupsResetCommand implements Callable<Integer> {
    private final Clients clients;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private final BootstrapOptions bootstrap = new BootstrapOptions();

    @Option(names = "--group", paramLabel = "GROUP", required = true, description = "The consumer group.")
    private String group = "";

    @Option(
            names = "--topic",
            paramLabel = "TOPIC[:PARTITIONS]",
            description = "A topic, or some of its partitions such as web:0,2. May be repeated."
                    + " Default: what the group has committed.")
    private List<String> topics = List.of();

    @ArgGroup(multiplicity = "1")
    private final OffsetTarget.Options target = new OffsetTarget.Options();

    @ArgGroup
    private final Mode mode = new Mode();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    GroupsResetCommand(Clients clients) {
        this.clients = clients;
    }

    private static final class Mode {
        @Option(names = "--execute", description = "Commits the offsets.")
        private boolean execute;

        @Option(names = "--dry-run", description = "Only shows the offsets. This is the default.")
        private boolean dryRun;
    }

    @Override
    public Integer call() {
        BootstrapOptions.requireNames("--group", List.of(group));
        OffsetTarget offsets = target.parsed();
        try (GroupAdmin admin = clients.groupAdmin(bootstrap.clientConfig())) {
            Map<TopicPartition, Long> committed = admin.committed(group);
            Map<TopicPartition, Long> reset =
                    offsets.of(partitions(admin, offsets, committed.keySet()), committed, admin);
            if (reset.isEmpty()) {
                throw new IllegalStateException("group " + group
                        + " has no committed offsets of partitions that exist: name its topics by --topic");
            }
            requireNoMembers(admin.describe(group));
            if (mode.execute && !mode.dryRun) {
                admin.commit(group, reset);
            }
            OutputTable table = new OutputTable("GROUP", "TOPIC", "PARTITION", "CURRENT-OFFSET", "NEW-OFFSET");
            reset.forEach((partition, offset) ->
                    table.add(group, partition.topic(), partition.partition(), committed.get(partition), offset));
            output.print(table);
            return 0;
        }
    }

    private void requireNoMembers(GroupDescription described) {
        if (!described.members().isEmpty()) {
            throw new IllegalStateException(
                    "group " + group + " has members (" + described.members().size() + ", " + described.state()
                            + "): stop them before its offsets are reset");
        }
    }

    private Set<TopicPartition> partitions(GroupAdmin admin, OffsetTarget offsets, Set<TopicPartition> committed) {
        if (topics.isEmpty()) {
            return offsets.named().orElseGet(() -> existing(admin, committed));
        }
        Set<TopicPartition> partitions = new TreeSet<>();
        for (String selection : topics) {
            int colon = selection.indexOf(':');
            String topic = colon < 0 ? selection : selection.substring(0, colon);
            Integer count = admin.partitionCounts(List.of(topic)).get(topic);
            if (count == null) {
                throw new ConfigException("--topic " + selection + ": topic " + topic + " does not exist");
            }
            indexes(selection, colon, count).forEach(index -> partitions.add(new TopicPartition(topic, index)));
        }
        return partitions;
    }

    /** A group may have offsets of a topic that was deleted: they cannot be reset, and hinder no others. */
    private Set<TopicPartition> existing(GroupAdmin admin, Set<TopicPartition> committed) {
        Map<String, Integer> counts = admin.partitionCounts(
                committed.stream().map(TopicPartition::topic).collect(Collectors.toSet()));
        Set<TopicPartition> existing = new TreeSet<>();
        for (TopicPartition partition : committed) {
            if (partition.partition() < counts.getOrDefault(partition.topic(), 0)) {
                existing.add(partition);
            } else {
                spec.commandLine()
                        .getErr()
                        .println(spec.qualifiedName() + ": " + partition + " is left out: it does not exist");
            }
        }
        return existing;
    }

    private static Set<Integer> indexes(String selection, int colon, int count) {
        Set<Integer> indexes = new TreeSet<>();
        if (colon < 0) {
            for (int index = 0; index < count; index++) {
                indexes.add(index);
            }
            return indexes;
        }
        for (String text : selection.substring(colon + 1).split(",", -1)) {
            int index = text.matches("\\d{1,9}") ? Integer.parseInt(text) : count;
            if (index >= count) {
                throw new ConfigException(
                        "--topic " + selection + ": expected partitions from 0 to " + (count - 1) + ", found " + text);
            }
            indexes.add(index);
        }
        return indexes;
    }
}
