package io.tailrace.loader;

import io.tailrace.config.ConfigOptions;
import io.tailrace.loader.commit.Publisher;
import io.tailrace.loader.plan.Plan;
import io.tailrace.loader.run.LoadResult;
import io.tailrace.metrics.MetricsEndpoint;
import io.tailrace.process.CommandRunner;
import io.tailrace.process.OutputOptions;
import io.tailrace.process.OutputTable;
import io.tailrace.process.ServerProcess;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code tailrace load}: loads topics into Parquet, once or at an interval. */
@Command(
        name = "tailrace load",
        description = "Loads the records that topics received since the last load into Parquet, exactly once, and"
                + " registers the files in Hive.")
public final class LoadCommand implements Callable<Integer> {

    @Mixin
    private final ConfigOptions config = new ConfigOptions();

    @Option(
            names = "--topic",
            paramLabel = "TOPIC",
            description = "Loads this topic instead of the configured ones. Can be repeated.")
    private @Nullable List<String> topics;

    @Option(
            names = "--every",
            paramLabel = "TIME",
            converter = Interval.class,
            description = "Repeats the load at this interval, from start to start, such as 30s, 15m or 1h.")
    private @Nullable Duration every;

    @Option(
            names = "--skip-gap",
            description =
                    "If retention deleted records before they were loaded, continues from the earliest record left.")
    private boolean skipGap;

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    public static void main(String[] args) {
        CommandRunner.main(new LoadCommand(), args);
    }

    @Override
    public Integer call() throws Exception {
        LoaderConfig loader = LoaderConfig.of(config.read(LoaderConfig.KEYS));
        Plan.OnGap onGap = skipGap ? Plan.OnGap.SKIP : Plan.OnGap.FAIL;
        List<String> selected = topics == null ? loader.topics() : topics;
        if (every == null) {
            List<LoadResult> results = Loader.load(loader, selected, onGap, result -> {});
            print(results);
            return results.stream().allMatch(this::isPublished) ? 0 : 1;
        } else {
            LoadMonitor monitor = new LoadMonitor(selected, InstantSource.system());
            try (MetricsEndpoint endpoint = MetricsEndpoint.start(loader.metrics(), monitor)) {
                endpoint.register(monitor::register);
                repeat(() -> print(Loader.load(loader, selected, onGap, monitor::loaded)), every, monitor, selected);
            }
        }
        return 0;
    }

    private void repeat(Load load, Duration interval, LoadMonitor monitor, List<String> selected) throws Exception {
        PeriodicLoad periodic = new PeriodicLoad(load, interval, monitor);
        ServerProcess.runUntilStopped(periodic, periodic.failure(), () -> spec.commandLine()
                .getErr()
                .println("loading every " + interval.toSeconds() + " s: " + String.join(", ", selected)));
    }

    private boolean isPublished(LoadResult result) {
        for (Publisher.Failure failure : result.failures()) {
            spec.commandLine()
                    .getErr()
                    .println("topic " + result.topic() + ": the rows are committed, but publishing them failed ("
                            + failure.name() + "): " + failure.cause().getMessage() + ". The next load repeats it");
        }
        return result.failures().isEmpty();
    }

    private void print(List<LoadResult> results) {
        OutputTable table = new OutputTable("TOPIC", "ROWS", "ERRORS", "FILES", "SKIPPED");
        for (LoadResult result : results) {
            table.add(result.topic(), result.rows(), result.errors(), result.files(), result.skipped());
        }
        output.print(table);
    }

    /** Reads {@code 30s}, {@code 15m} or {@code 1h}. */
    static final class Interval implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            try {
                Duration interval = Duration.parse("PT" + text.toUpperCase(Locale.ROOT));
                if (!interval.isZero() && !interval.isNegative()) {
                    return interval;
                }
            } catch (DateTimeParseException e) {
                throw new TypeConversionException(
                        "invalid interval \"" + text + "\": expected a number and a unit, such as 30s, 15m or 1h");
            }
            throw new TypeConversionException("invalid interval \"" + text + "\": expected more than zero");
        }
    }

    /** One load of all topics. */
    @FunctionalInterface
    interface Load {
        void run() throws IOException;
    }
}
