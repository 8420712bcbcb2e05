package io.tailrace.loader;

import io.tailrace.config.ConfigOptions;
import io.tailrace.loader.plan.OffsetRange;
import io.tailrace.loader.rewrite.ReloadRange;
import io.tailrace.loader.rewrite.ReloadResult;
import io.tailrace.loader.rewrite.ReloadResult.HourChange;
import io.tailrace.loader.table.PathPartition;
import io.tailrace.process.CommandRunner;
import io.tailrace.process.OutputOptions;
import io.tailrace.process.OutputTable;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tailrace reload}: loads records again and replaces the files that have them. */
@Command(
        name = "tailrace reload",
        description =
                "Loads the records of hours, or of offsets, from the brokers again and replaces the files that have them,"
                        + " while queries go on. Nothing changes if the brokers do not have all of these records any more.")
public final class ReloadCommand implements Callable<Integer> {

    @Mixin
    private final ConfigOptions config = new ConfigOptions();

    @Option(names = "--topic", paramLabel = "TOPIC", required = true, description = "The topic.")
    private String topic = "";

    @ArgGroup(multiplicity = "1")
    private Range range = new Range();

    @Option(
            names = "--accept-errors",
            description =
                    "Accepts any number of errors. Records whose schema the registry does not have, or that cannot be"
                            + " converted to the table's, also go to the error table.")
    private boolean acceptErrors;

    @Option(names = "--dry-run", description = "Shows which files would be replaced, and changes nothing.")
    private boolean dryRun;

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** Either hours or offsets. */
    static final class Range {
        @ArgGroup(exclusive = false)
        private @Nullable Hours hours;

        @ArgGroup(exclusive = false)
        private @Nullable Offsets offsets;
    }

    /** Hours of event time. */
    static final class Hours {
        @Option(
                names = "--from-hour",
                paramLabel = "HOUR",
                required = true,
                converter = CompactCommand.Hour.class,
                description = "The first hour of event time, in UTC, such as 2015-05-17T09.")
        private PathPartition from = PathPartition.of(0);

        @Option(
                names = "--to-hour",
                paramLabel = "HOUR",
                converter = CompactCommand.Hour.class,
                description = "The last hour, included; by default the first one.")
        private @Nullable PathPartition to;
    }

    /** Offsets of a partition. */
    static final class Offsets {
        @Option(names = "--partition", paramLabel = "N", required = true, description = "The topic's partition.")
        private int partition;

        @Option(names = "--from-offset", paramLabel = "OFFSET", required = true, description = "The first offset.")
        private long from;

        @Option(
                names = "--to-offset",
                paramLabel = "OFFSET",
                required = true,
                description = "The last offset, included.")
        private long to;
    }

    public static void main(String[] args) {
        CommandRunner.main(new ReloadCommand(), args);
    }

    @Override
    public Integer call() throws Exception {
        ReloadRange selected = selected();
        LoaderConfig loader = LoaderConfig.of(config.read(LoaderConfig.KEYS));
        ReloadResult result = Loader.reload(loader, new Loader.ReloadRequest(topic, selected, acceptErrors, dryRun));
        print(result);
        return result.failures().isEmpty() ? 0 : CommandRunner.FAILURE;
    }

    private ReloadRange selected() {
        try {
            Hours hours = range.hours;
            if (hours != null) {
                return new ReloadRange.Hours(hours.from, hours.to == null ? hours.from : hours.to);
            }
            Offsets offsets = range.offsets;
            if (offsets != null) {
                return new ReloadRange.Offsets(offsets.partition, offsets.from, offsets.to);
            }
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        throw new ParameterException(
                spec.commandLine(), "expected --from-hour, or --partition with --from-offset and --to-offset");
    }

    private void print(ReloadResult result) {
        PrintWriter err = spec.commandLine().getErr();
        if (result.hours().isEmpty()) {
            err.println("topic " + topic + " has no files of these rows, so there is nothing to replace");
        }
        for (String file : result.damaged()) {
            err.println("file " + file + " cannot be read; its records are taken from the brokers");
        }
        if (!result.ranges().isEmpty()) {
            err.println((dryRun ? "would load again: " : "loaded again: ") + OffsetRange.describe(result.ranges()));
        }
        OutputTable table =
                new OutputTable("TOPIC", "TABLE", "HOUR", "FILES-BEFORE", "ROWS-BEFORE", "FILES-AFTER", "ROWS-AFTER");
        for (HourChange change : result.hours()) {
            ReloadResult.@Nullable Files after = change.after().orElse(null);
            table.add(
                    topic,
                    change.table().name().toLowerCase(Locale.ROOT),
                    change.hour().hourText(),
                    change.before().count(),
                    change.before().rows(),
                    after == null ? null : after.count(),
                    after == null ? null : after.rows());
        }
        output.print(table);
        result.failures()
                .forEach(failure -> err.println("the rows are replaced, but publishing them failed (" + failure.name()
                        + "): " + failure.cause().getMessage() + ". The next load repeats it"));
        err.flush();
    }
}
