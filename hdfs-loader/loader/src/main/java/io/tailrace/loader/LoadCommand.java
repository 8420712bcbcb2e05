package io.tailrace.loader;

import io.tailrace.config.ConfigOptions;
import io.tailrace.loader.plan.Plan;
import io.tailrace.loader.run.LoadChoices;
import io.tailrace.loader.run.LoadResult;
import io.tailrace.loader.run.TopicOutcome;
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
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code tailrace load}: loads topics into Parquet, once or at an interval. */
@Command(
        name = "tailrace load",
        description =
                "Loads the records that topics received since the last load into Parquet, exactly once, and"
                        + " registers the files in Hive if hive.metastore.uris is set. A topic that fails does not stop the others; the exit code is 1.")
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

    @Option(
            names = "--accept-new-topic",
            description =
                    "If a topic was deleted and created again, or its log was cut, loads what the brokers have now as a new"
                            + " series, beside the rows that were loaded before.")
    private boolean acceptNewTopic;

    @Option(
            names = "--accept-errors",
            description =
                    "Accepts any number of errors. Records whose schema the registry does not have, or that cannot be"
                            + " converted to the table's, also go to the error table.")
    private boolean acceptErrors;

    @Option(
            names = "--retry-errors",
            description =
                    "Loads the records of the error table that now decode, instead of new records. ROWS are the records"
                            + " that were loaded, ERRORS those that stay in the error table.")
    private boolean retryErrors;

    @Option(
            names = "--status",
            description =
                    "Loads nothing, and shows what is loaded: commits, offsets, lag, hours, files and their sizes.")
    private boolean status;

    @Option(names = "--files", description = "With --status: lists the files that the tables consist of now.")
    private boolean files;

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    public static void main(String[] args) {
        CommandRunner.main(new LoadCommand(), args);
    }

    @Override
    public Integer call() throws Exception {
        if (retryErrors && (every != null || skipGap || acceptNewTopic || acceptErrors)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--retry-errors loads no new records: expected it without --every, --skip-gap, --accept-new-topic and"
                            + " --accept-errors");
        }
        if (status && (every != null || retryErrors || skipGap || acceptNewTopic || acceptErrors)) {
            throw new ParameterException(
                    spec.commandLine(), "--status loads nothing: expected it with --topic and --files only");
        }
        if (files && !status) {
            throw new ParameterException(spec.commandLine(), "--files: expected it together with --status");
        }
        LoaderConfig loader = LoaderConfig.of(config.read(LoaderConfig.KEYS));
        List<String> selected =
                (topics == null ? loader.topics() : topics).stream().distinct().toList();
        if (status) {
            output.print(Loader.status(loader, selected, files));
            return 0;
        }
        if (every == null) {
            return load(loader, request(selected, loader.run().lockWaitMs()), outcome -> {})
                            .isEmpty()
                    ? 0
                    : CommandRunner.FAILURE;
        }
        LoadMonitor monitor = new LoadMonitor(selected, InstantSource.system());
        try (MetricsEndpoint endpoint = MetricsEndpoint.start(loader.metrics(), monitor)) {
            endpoint.register(monitor::register);
            repeat(() -> load(loader, request(selected, Long.MAX_VALUE), monitor::ended), every, monitor, selected);
        }
        return 0;
    }

    private Loader.Request request(List<String> selected, long lockWaitMs) {
        LoadChoices choices =
                new LoadChoices(skipGap ? Plan.OnGap.SKIP : Plan.OnGap.FAIL, acceptNewTopic, acceptErrors);
        return new Loader.Request(selected, choices, retryErrors, lockWaitMs);
    }

    /** Loads once, prints the outcomes, and returns what went wrong. */
    private List<String> load(LoaderConfig loader, Loader.Request request, Consumer<TopicOutcome> ended)
            throws IOException {
        List<TopicOutcome> outcomes = Loader.load(loader, request, ended);
        List<String> problems = outcomes.stream()
                .flatMap(outcome -> outcome.problems().stream().map(each -> "topic " + outcome.topic() + ": " + each))
                .toList();
        problems.forEach(spec.commandLine().getErr()::println);
        spec.commandLine().getErr().flush();
        print(outcomes);
        for (TopicOutcome outcome : outcomes) {
            if (outcome.fatal().isPresent()) {
                throw outcome.fatal().get();
            }
        }
        return problems;
    }

    private void repeat(PeriodicLoad.Load load, Duration interval, LoadMonitor monitor, List<String> selected)
            throws Exception {
        PeriodicLoad periodic = new PeriodicLoad(load, interval, monitor);
        ServerProcess.runUntilStopped(periodic, periodic.failure(), () -> spec.commandLine()
                .getErr()
                .println("loading every " + interval.toSeconds() + " s: " + String.join(", ", selected)));
    }

    private void print(List<TopicOutcome> outcomes) {
        OutputTable table = new OutputTable("TOPIC", "ROWS", "ERRORS", "FILES", "SKIPPED", "FAILURE");
        for (TopicOutcome outcome : outcomes) {
            LoadResult result = outcome.result().orElse(new LoadResult(outcome.topic(), 0, 0, 0, 0, List.of()));
            table.add(
                    outcome.topic(),
                    result.rows(),
                    result.errors(),
                    result.files(),
                    result.skipped(),
                    outcome.isComplete() ? null : String.join("; ", outcome.problems()));
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
}
