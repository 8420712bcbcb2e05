package io.tailrace.loader;

import io.tailrace.client.Admin;
import io.tailrace.client.ClientConfig;
import io.tailrace.config.ConfigOptions;
import io.tailrace.loader.audit.HostAudit;
import io.tailrace.loader.run.AuditRun;
import io.tailrace.loader.run.LoadProgress;
import io.tailrace.loader.run.VerifyProgress;
import io.tailrace.loader.store.Store;
import io.tailrace.loader.table.PathPartition;
import io.tailrace.process.CommandRunner;
import io.tailrace.process.OutputOptions;
import io.tailrace.process.OutputTable;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tailrace audit}: compares what agents sent with what is loaded. */
@Command(
        name = "tailrace audit",
        description =
                "Compares, by count and content, what the agents of each host sent with what is in the table, for each"
                        + " hour of event time.",
        footer = "Exit code 3 if an hour that ended longer ago than audit.grace.ms is neither COMPLETE nor UNAUDITED.")
public final class AuditCommand implements Callable<Integer> {
    @Mixin
    private final ConfigOptions config = new ConfigOptions();

    @Option(
            names = "--topic",
            paramLabel = "TOPIC",
            description = "Audits this topic instead of the configured ones. Can be repeated.")
    private @Nullable List<String> topics;

    @Option(
            names = "--hour",
            paramLabel = "HOUR",
            converter = CompactCommand.Hour.class,
            description = "Audits only this hour, in UTC, such as 2015-05-17T09. Can be repeated.")
    private @Nullable List<PathPartition> hours;

    @Option(
            names = "--without-host",
            paramLabel = "HOST",
            description = "Does not wait for the agents of this host, such as a retired one. Can be repeated.")
    private List<String> withoutHosts = List.of();

    @Option(
            names = "--verify",
            description =
                    "Reads all rows of the hours and computes their sums again, instead of using the sums that the loader wrote"
                            + " beside the rows. Finds rows that were changed after they were loaded.")
    private boolean verify;

    @Mixin
    private final OutputOptions output = new OutputOptions();

    public static void main(String[] args) {
        CommandRunner.main(new AuditCommand(), args);
    }

    @Override
    public Integer call() throws Exception {
        LoaderConfig loader = LoaderConfig.of(config.read(LoaderConfig.KEYS));
        List<PathPartition> chosen = hours;
        Predicate<PathPartition> selected = chosen == null ? hour -> true : chosen::contains;
        List<HostAudit> audits = audit(loader, selected);
        OutputTable table = new OutputTable(
                "TOPIC", "HOUR", "HOST", "READ", "ACKNOWLEDGED", "LOADED", "REJECTED", "VERDICT", "DETAIL");
        for (HostAudit audit : audits) {
            table.add(
                    audit.topic(),
                    audit.hour().hourText(),
                    audit.host(),
                    audit.read(),
                    audit.acknowledged(),
                    audit.loaded(),
                    audit.rejected(),
                    audit.verdict(),
                    audit.detail());
        }
        output.print(table);
        long dueMs = System.currentTimeMillis() - loader.audit().grace().toMillis();
        return audits.stream()
                        .allMatch(audit ->
                                audit.verdict().isGood() || audit.hour().endMs() > dueMs)
                ? 0
                : CommandRunner.NEEDS_ATTENTION;
    }

    private List<HostAudit> audit(LoaderConfig loader, Predicate<PathPartition> selected) throws Exception {
        Set<String> withoutAll = new HashSet<>(withoutHosts);
        withoutAll.addAll(loader.audit().withoutHosts());
        try (Admin admin = Admin.create(ClientConfig.of(loader.bootstrapServers()));
                Store store = Store.open(loader.outputPath(), Loader.hadoop(loader))) {
            return new AuditRun(loader.outputPath(), Loader.audit(loader, admin, store), verification())
                    .run(loader.audit().topics(), topics == null ? loader.topics() : topics, selected, withoutAll);
        }
    }

    private AuditRun.@Nullable Verification verification() {
        return verify ? new AuditRun.Verification(AuditCommand::progress, () -> {}) : null;
    }

    /** A bar on a terminal. */
    @SuppressWarnings("SystemConsoleNull") // On Java 17 it is null without a terminal.
    private static VerifyProgress progress(String topic, long rows) {
        if (System.console() == null) {
            return VerifyProgress.NONE;
        }
        LoadProgress progress = LoadProgress.bar(topic, rows);
        return new VerifyProgress() {
            @Override
            public void verified(long more) {
                progress.loaded(more);
            }

            @Override
            public void close() {
                progress.close();
            }
        };
    }
}
