package io.tailrace.loader;

import io.tailrace.client.Admin;
import io.tailrace.client.ClientConfig;
import io.tailrace.config.ConfigOptions;
import io.tailrace.loader.audit.HostAudit;
import io.tailrace.loader.hours.HourVerdict;
import io.tailrace.loader.hours.HourVerdicts;
import io.tailrace.loader.run.AuditRun;
import io.tailrace.loader.store.Store;
import io.tailrace.loader.table.Layout;
import io.tailrace.loader.table.PathPartition;
import io.tailrace.process.CommandRunner;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tailrace wait-for-hour}: waits until a load has found an hour complete. */
@Command(
        name = "tailrace wait-for-hour",
        description =
                "Waits until \"tailrace load\" has marked an hour of event time as complete. Several loads may run meanwhile.",
        footer =
                "Exit code 0 if the hour is complete, 3 if it is still incomplete at the timeout, with the reasons on standard error.")
public final class WaitForHourCommand implements Callable<Integer> {
    @Mixin
    private final ConfigOptions config = new ConfigOptions();

    @Parameters(index = "0", paramLabel = "TOPIC", description = "The topic.")
    private String topic = "";

    @Parameters(
            index = "1",
            paramLabel = "HOUR",
            converter = CompactCommand.Hour.class,
            description = "The hour of event time, in UTC, such as 2015-05-17T09.")
    private PathPartition hour = PathPartition.of(0);

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            converter = LoadCommand.Interval.class,
            defaultValue = "1h",
            description = "How long to wait, such as 30s, 15m or 1h. Default: ${DEFAULT-VALUE}.")
    private Duration timeout = Duration.ofHours(1);

    @Option(
            names = "--check-every",
            paramLabel = "TIME",
            converter = LoadCommand.Interval.class,
            defaultValue = "10s",
            description = "How often to look. Default: ${DEFAULT-VALUE}.")
    private Duration checkEvery = Duration.ofSeconds(10);

    @Spec
    private CommandSpec spec = CommandSpec.create();

    public static void main(String[] args) {
        CommandRunner.main(new WaitForHourCommand(), args);
    }

    @Override
    public Integer call() throws Exception {
        LoaderConfig loader = LoaderConfig.of(config.read(LoaderConfig.KEYS));
        PrintWriter out = spec.commandLine().getOut();
        try (Store store = Store.open(loader.outputPath(), Loader.hadoop(loader))) {
            HourVerdicts verdicts = new HourVerdicts(store, new Layout(loader.outputPath(), topic));
            Optional<HourVerdict> complete = await(verdicts);
            if (complete.isPresent()) {
                out.println("topic " + topic + ", hour " + hour.hourText() + " is complete: "
                        + complete.get().rows().count() + " rows");
                out.flush();
                return 0;
            }
            PrintWriter err = spec.commandLine().getErr();
            err.println("topic " + topic + ", hour " + hour.hourText() + " is not complete after " + timeout.toSeconds()
                    + " s");
            reasons(loader, store).forEach(err::println);
            err.flush();
            return CommandRunner.NEEDS_ATTENTION;
        }
    }

    private Optional<HourVerdict> await(HourVerdicts verdicts) throws IOException, InterruptedException {
        long endNanos = System.nanoTime() + timeout.toNanos();
        while (true) {
            Optional<HourVerdict> complete = verdicts.of(hour).filter(HourVerdict::isKnownComplete);
            long leftNanos = endNanos - System.nanoTime();
            if (complete.isPresent() || leftNanos <= 0) {
                return complete;
            }
            Thread.sleep(
                    Duration.ofNanos(Math.min(leftNanos, checkEvery.toNanos())).toMillis() + 1);
        }
    }

    /** Returns what the hour waits for now: the last load may have been some time ago. */
    private List<String> reasons(LoaderConfig loader, Store store) throws IOException {
        List<HostAudit> audits;
        try (Admin admin = Admin.create(ClientConfig.of(loader.bootstrapServers()))) {
            audits = new AuditRun(loader.outputPath(), Loader.audit(loader, admin, store))
                    .run(
                            loader.audit().topics(),
                            List.of(topic),
                            hour::equals,
                            loader.audit().withoutHosts());
        }
        List<String> reasons = audits.stream()
                .filter(audit -> !audit.verdict().isGood())
                .map(audit -> "host " + audit.host() + ": " + audit.verdict() + ", " + audit.detail())
                .toList();
        if (!reasons.isEmpty()) {
            return reasons;
        }
        return List.of(
                audits.isEmpty()
                        ? "no agent has sent records of this hour, and none are loaded"
                        : "no load has marked it since: expected \"tailrace load\" to run");
    }
}
