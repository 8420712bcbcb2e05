package io.tailrace.loader;

import io.tailrace.loader.commit.Publisher;
import io.tailrace.loader.compact.CompactResult;
import io.tailrace.loader.compact.CompactRun;
import io.tailrace.loader.run.LoaderLock;
import io.tailrace.loader.store.CommitConflictException;
import io.tailrace.loader.store.Store;
import io.tailrace.loader.table.PathPartition;
import io.tailrace.loader.table.TableCatalog;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Builds what compacts topics from a configuration, and runs it. */
final class Compactor {
    private Compactor() {}

    /**
     * What happened.
     *
     * @param results of the topics that were compacted
     * @param failures one line for each topic, or part of it, that was not
     */
    record Outcome(List<CompactResult> results, List<String> failures) {}

    /**
     * Compacts topics, one after another. A topic that fails does not stop the others.
     *
     * @throws IOException if the lock or the output cannot be opened, or the lock is lost
     */
    static Outcome compact(LoaderConfig config, List<String> topics, Predicate<PathPartition> selected)
            throws IOException {
        List<CompactResult> results = new ArrayList<>();
        List<String> failures = new ArrayList<>();
        try (LoaderLock lock = LoaderLock.acquire(
                        config.zookeeperConnect(), config.group(), config.run().lockWaitMs());
                Store store = Store.open(config.outputPath(), Loader.hadoop(config));
                TableCatalog catalog = Loader.catalog(config)) {
            CompactRun.Dependencies dependencies =
                    new CompactRun.Dependencies(store, catalog, lock, step -> {}, InstantSource.system());
            for (String topic : topics) {
                try {
                    CompactResult result = new CompactRun(settings(config), dependencies, topic).run(selected);
                    results.add(result);
                    for (Publisher.Failure failure : result.failures()) {
                        failures.add("topic " + topic + ": the files are merged, but publishing them failed ("
                                + failure.name() + "): " + failure.cause().getMessage() + ". The next run repeats it");
                    }
                } catch (CommitConflictException e) {
                    throw e;
                } catch (IOException | RuntimeException e) {
                    failures.add("topic " + topic + ": " + e.getMessage());
                }
            }
        }
        return new Outcome(results, failures);
    }

    static CompactRun.Settings settings(LoaderConfig config) {
        return new CompactRun.Settings(
                config.outputPath(), config.fileBytesTarget(), config.parquet(), config.removedFilesGrace());
    }
}
