package io.tailrace.loader;

import io.tailrace.client.Admin;
import io.tailrace.client.ClientException;
import io.tailrace.client.IsolationLevel;
import io.tailrace.loader.commit.CommitLog;
import io.tailrace.loader.commit.Manifest;
import io.tailrace.loader.commit.TopicState;
import io.tailrace.loader.hours.HourVerdicts;
import io.tailrace.loader.store.Store;
import io.tailrace.loader.table.DataFile;
import io.tailrace.loader.table.Layout;
import io.tailrace.loader.table.TableKind;
import io.tailrace.process.OutputTable;
import io.tailrace.protocol.TopicPartition;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is loaded of topics, according to the commits. Needs no lock: a load may run at the same time. */
final class LoadStatus {
    private static final Logger log = LoggerFactory.getLogger(LoadStatus.class);

    private final Path output;
    private final Store store;
    private final Admin admin;

    LoadStatus(Path output, Store store, Admin admin) {
        this.output = output;
        this.store = store;
        this.admin = admin;
    }

    /** Returns a row for each topic; one that was never loaded has no values. */
    OutputTable topics(List<String> topics) throws IOException {
        OutputTable table = new OutputTable(
                "TOPIC",
                "TABLE",
                "COMMIT",
                "COMMITTED",
                "OFFSETS",
                "LAG",
                "HOURS",
                "COMPLETE",
                "ROWS",
                "ERRORS",
                "FILES",
                "BYTES");
        for (String topic : topics) {
            Layout layout = new Layout(output, topic);
            CommitLog log = new CommitLog(store, layout);
            TopicState state = log.state();
            if (state.newest().isEmpty()) {
                table.add(topic, null, null, null, null, null, null, null, null, null, null, null);
                continue;
            }
            Manifest newest = state.newest().get();
            List<DataFile> rows = files(state, TableKind.ROWS);
            List<DataFile> errors = files(state, TableKind.ERRORS);
            table.add(
                    topic,
                    layout.tableName(TableKind.ROWS),
                    newest.sequence(),
                    Instant.ofEpochMilli(log.committedMs(newest.sequence())).toString(),
                    offsets(newest.endOffsets()),
                    lag(topic, newest.endOffsets()),
                    rows.stream().map(DataFile::pathPartition).distinct().count(),
                    new HourVerdicts(store, layout).complete().size(),
                    rows.stream().mapToLong(DataFile::rows).sum(),
                    errors.stream().mapToLong(DataFile::rows).sum(),
                    rows.size() + errors.size(),
                    state.files().stream().mapToLong(DataFile::bytes).sum());
        }
        return table;
    }

    /** Returns a row for each file of the tables. */
    OutputTable files(List<String> topics) throws IOException {
        OutputTable table = new OutputTable("TOPIC", "TABLE", "HOUR", "FILE", "ROWS", "BYTES");
        for (String topic : topics) {
            Layout layout = new Layout(output, topic);
            for (DataFile file : new CommitLog(store, layout).state().files()) {
                table.add(
                        topic,
                        file.table().name().toLowerCase(Locale.ROOT),
                        file.pathPartition().hourText(),
                        store.qualified(layout.file(file)).toString(),
                        file.rows(),
                        file.bytes());
            }
        }
        return table;
    }

    private static List<DataFile> files(TopicState state, TableKind kind) {
        return state.files().stream().filter(file -> file.table() == kind).toList();
    }

    private static String offsets(SortedMap<Integer, Long> ends) {
        return ends.entrySet().stream()
                .map(end -> end.getKey() + ":" + end.getValue())
                .collect(Collectors.joining(" "));
    }

    private @Nullable Long lag(String topic, SortedMap<Integer, Long> loaded) {
        try {
            List<TopicPartition> partitions = admin.describe(Set.of(topic)).values().stream()
                    .flatMap(description -> description.partitions().stream())
                    .map(partition -> new TopicPartition(topic, partition.partition()))
                    .toList();
            return admin.latestOffsets(partitions, IsolationLevel.READ_COMMITTED).entrySet().stream()
                    .mapToLong(end -> Math.max(
                            0, end.getValue() - loaded.getOrDefault(end.getKey().partition(), 0L)))
                    .sum();
        } catch (ClientException e) {
            log.warn("cannot find out the lag: topic {}: {}", topic, e.getMessage());
            return null;
        }
    }
}
