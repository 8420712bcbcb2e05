package io.tailrace.loader;

import io.tailrace.config.ConfigOptions;
import io.tailrace.loader.compact.CompactResult;
import io.tailrace.loader.table.PathPartition;
import io.tailrace.process.CommandRunner;
import io.tailrace.process.OutputOptions;
import io.tailrace.process.OutputTable;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code tailrace compact}: merges the small files of hours. */
@Command(
        name = "tailrace compact",
        description =
                "Merges the small files of each hour into files of file.bytes.target, while queries go on. The files"
                        + " that were merged are deleted after removed.files.grace.ms, by a later run.")
public final class CompactCommand implements Callable<Integer> {

    @Mixin
    private final ConfigOptions config = new ConfigOptions();

    @Option(
            names = "--topic",
            paramLabel = "TOPIC",
            description = "Compacts this topic instead of the configured ones. Can be repeated.")
    private @Nullable List<String> topics;

    @Option(
            names = "--hour",
            paramLabel = "HOUR",
            converter = Hour.class,
            description = "Merges only this hour of event time, in UTC, such as 2015-05-17T09. Can be repeated.")
    private @Nullable List<PathPartition> hours;

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    public static void main(String[] args) {
        CommandRunner.main(new CompactCommand(), args);
    }

    @Override
    public Integer call() throws Exception {
        LoaderConfig loader = LoaderConfig.of(config.read(LoaderConfig.KEYS));
        List<PathPartition> chosen = hours;
        Predicate<PathPartition> selected = chosen == null ? hour -> true : chosen::contains;
        Compactor.Outcome outcome = Compactor.compact(loader, topics == null ? loader.topics() : topics, selected);
        OutputTable table = new OutputTable("TOPIC", "HOURS", "MERGED", "FILES", "DELETED");
        for (CompactResult result : outcome.results()) {
            table.add(result.topic(), result.hours(), result.merged(), result.files(), result.deleted());
        }
        output.print(table);
        outcome.failures().forEach(spec.commandLine().getErr()::println);
        return outcome.failures().isEmpty() ? 0 : 1;
    }

    /** Reads {@code 2015-05-17T09}. */
    static final class Hour implements ITypeConverter<PathPartition> {
        @Override
        public PathPartition convert(String text) {
            try {
                return PathPartition.ofHour(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}
