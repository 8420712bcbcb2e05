package io.tailrace.cli;

import io.tailrace.client.ClientException;
import io.tailrace.client.Consumer;
import io.tailrace.client.ConsumerConfig;
import io.tailrace.client.GroupAdmin;
import io.tailrace.client.GroupDescription;
import io.tailrace.client.GroupListing;
import io.tailrace.process.CommandRunner;
import io.tailrace.process.OutputOptions;
import io.tailrace.process.OutputTable;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tailrace lag}. */
@Command(
        name = "lag",
        description = {
            "Shows how far consumer groups are behind, in records and in seconds, and judges their recent commits:",
            "OK, GROWING (the lag rises although it falls now and then), WARN (it never falls), STALL (the same offset is"
                    + " committed again and again), STOP (commits have ended), REWIND (an earlier offset was committed)."
        },
        footer = "Exit code 3 if a partition is over --max-lag or --max-seconds, does not answer, or is not judged OK.")
final class LagCommand implements Callable<Integer> {
    private final Clients clients;
    private final InstantSource clock;
    private final Pause pause;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private final BootstrapOptions bootstrap = new BootstrapOptions();

    @ArgGroup(multiplicity = "1")
    private final Which which = new Which();

    @Option(
            names = "--topic",
            paramLabel = "TOPIC",
            description = "Shows all partitions of this topic too, committed or not. May be repeated.")
    private List<String> topics = List.of();

    @Option(
            names = "--max-lag",
            paramLabel = "RECORDS",
            description = "The largest lag that is allowed for a partition.")
    private Optional<Long> lagMax = Optional.empty();

    @Option(
            names = "--max-seconds",
            paramLabel = "SECONDS",
            description = "The longest time that a record may wait to be read.")
    private Optional<Long> secondsMax = Optional.empty();

    @Option(
            names = "--window",
            paramLabel = "SECONDS",
            defaultValue = "600",
            description = "How far the judgement looks back. Give several times the interval of commits."
                    + " Default: ${DEFAULT-VALUE}.")
    private long windowSeconds;

    @Option(
            names = "--watch",
            paramLabel = "SECONDS",
            description = "Repeats at this interval, until it is interrupted.")
    private Optional<Long> watchSeconds = Optional.empty();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    LagCommand(Clients clients, InstantSource clock, Pause pause) {
        this.clients = clients;
        this.clock = clock;
        this.pause = pause;
    }

    /** Waits between two looks. */
    @FunctionalInterface
    interface Pause {
        void seconds(long seconds) throws InterruptedException;
    }

    private static final class Which {
        @Option(names = "--group", paramLabel = "GROUP", description = "A consumer group. May be repeated.")
        private List<String> groups = List.of();

        @Option(names = "--all-groups", description = "All groups of the cluster.")
        private boolean all;
    }

    @Override
    public Integer call() throws InterruptedException {
        BootstrapOptions.requireAtLeast(0, "--max-lag", lagMax.orElse(0L));
        BootstrapOptions.requireAtLeast(0, "--max-seconds", secondsMax.orElse(0L));
        BootstrapOptions.requireAtLeast(1, "--window", windowSeconds);
        BootstrapOptions.requireAtLeast(1, "--watch", watchSeconds.orElse(1L));
        BootstrapOptions.requireNames("--group", which.groups);
        BootstrapOptions.requireNames("--topic", topics);
        ConsumerConfig config = BootstrapOptions.checked(
                () -> ConsumerConfig.builder(bootstrap.servers()).build());
        try (GroupAdmin admin = clients.groupAdmin(bootstrap.clientConfig());
                Consumer consumer = clients.consumer(config)) {
            CommitHistory history = new CommitHistory(admin, consumer);
            while (watchSeconds.isPresent()) {
                lookAgain(admin, history);
                pause.seconds(watchSeconds.get());
            }
            return look(admin, history);
        }
    }

    /** A cluster that does not answer now may answer the next look. */
    private void lookAgain(GroupAdmin admin, CommitHistory history) {
        try {
            look(admin, history);
        } catch (ClientException e) {
            spec.commandLine().getErr().println(spec.qualifiedName() + ": " + e.getMessage());
        }
    }

    private int look(GroupAdmin admin, CommitHistory history) {
        OutputTable table = new OutputTable(
                "GROUP",
                "TOPIC",
                "PARTITION",
                "CURRENT-OFFSET",
                "LOG-END-OFFSET",
                "LAG",
                "LAG-SECONDS",
                "VERDICT",
                "STATE",
                "MEMBER",
                "HOST",
                "REASON");
        long nowMs = clock.millis();
        CommitHistory.Window window = new CommitHistory.Window(
                nowMs - Duration.ofSeconds(windowSeconds).toMillis(), nowMs);
        List<String> groups =
                which.all ? admin.groups().stream().map(GroupListing::groupId).toList() : which.groups;
        boolean isOver = false;
        for (Map.Entry<String, LagReport.Found> found :
                new LagReport(admin, history, window).of(groups, topics).entrySet()) {
            isOver |= add(table, found.getKey(), found.getValue());
        }
        output.print(table);
        return isOver ? CommandRunner.NEEDS_ATTENTION : 0;
    }

    private static void addReason(OutputTable table, String group, String reason) {
        table.add(group, null, null, null, null, null, null, null, null, null, null, reason);
    }

    /** Adds a group's rows; returns whether one of them is over a limit. */
    private boolean add(OutputTable table, String name, LagReport.Found found) {
        GroupDescription group = found.group();
        if (group == null) {
            addReason(table, name, found.failure());
            return true;
        }
        boolean isOver = found.rows().isEmpty() && !which.all;
        if (isOver) {
            if (which.groups.size() == 1 && watchSeconds.isEmpty()) {
                throw new IllegalStateException("group " + name + " has no committed offsets");
            }
            addReason(table, name, "no committed offsets");
        }
        for (LagRow row : found.rows()) {
            add(table, group, row);
            isOver |= row.isOver(
                    lagMax.orElse(Long.MAX_VALUE),
                    secondsMax.map(TimeUnit.SECONDS::toMillis).orElse(Long.MAX_VALUE));
        }
        return isOver;
    }

    private static void add(OutputTable table, GroupDescription group, LagRow row) {
        Optional<GroupDescription.Member> member = group.members().stream()
                .filter(each -> each.assignment().contains(row.partition()))
                .findFirst();
        table.add(
                group.groupId(),
                row.partition().topic(),
                row.partition().partition(),
                cell(row.current()),
                cell(row.end()),
                cell(row.lag()),
                row.lagMs().isPresent()
                        ? TimeUnit.MILLISECONDS.toSeconds(row.lagMs().getAsLong())
                        : null,
                row.verdict().name(),
                group.state(),
                member.map(GroupDescription.Member::memberId).orElse(null),
                member.map(GroupDescription.Member::host).orElse(null),
                row.reason().isEmpty() ? null : row.reason());
    }

    private static @Nullable Long cell(OptionalLong value) {
        return value.isPresent() ? value.getAsLong() : null;
    }
}
