package io.tailrace.loader.commit;

import io.tailrace.loader.table.DataFile;
import io.tailrace.loader.table.PathPartition;
import io.tailrace.loader.table.StagedFile;
import io.tailrace.loader.table.TableKind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a topic's commits add up to: its newest manifest, and the files of its tables. Immutable.
 *
 * <p>Only live files count: a file that a later commit removed is not part of the state, even while it is on disk.
 */
public final class TopicState {
    /** The state before the first commit. */
    public static final TopicState EMPTY = new TopicState(Optional.empty(), 0, Map.of());

    private static final Hour NO_FILES = new Hour(DataFile.FIRST_GENERATION, List.of());

    private final Optional<Manifest> newest;
    private final long recordBytes;
    private final Map<TableKind, SortedMap<PathPartition, Hour>> hours;

    private TopicState(
            Optional<Manifest> newest, long recordBytes, Map<TableKind, SortedMap<PathPartition, Hour>> hours) {
        this.newest = newest;
        this.recordBytes = recordBytes;
        this.hours = hours;
    }

    /**
     * The live files of a path partition.
     *
     * @param generation the generation to which all of them belong; if there are none, that of the files to come
     * @param files the files, in the order in which they were committed
     */
    public record Hour(long generation, List<DataFile> files) {}

    /** Returns the state that a checkpoint has kept. */
    static TopicState of(Manifest newest, long recordBytes, List<DataFile> files) {
        Map<TableKind, SortedMap<PathPartition, Hour>> hours = new EnumMap<>(TableKind.class);
        files.forEach(file -> add(hours, file, newest));
        return new TopicState(Optional.of(newest), recordBytes, hours);
    }

    /**
     * Returns the state after further commits.
     *
     * @param manifests the commits that follow this state, in order
     * @throws IllegalArgumentException if a commit does not fit what was committed before it
     */
    public TopicState with(List<Manifest> manifests) {
        if (manifests.isEmpty()) {
            return this;
        }
        Map<TableKind, SortedMap<PathPartition, Hour>> changed = new EnumMap<>(TableKind.class);
        for (TableKind table : TableKind.values()) {
            changed.put(table, new TreeMap<>(hours(table)));
        }
        long bytes = recordBytes;
        long expected = sequence() + 1;
        for (Manifest manifest : manifests) {
            if (manifest.sequence() != expected) {
                throw new IllegalArgumentException(
                        "commit " + expected + " is missing, the next one is " + manifest.sequence());
            }
            expected++;
            bytes = manifest.recordBytes().orElse(bytes);
            for (DataFile file : manifest.removed()) {
                remove(changed, file, manifest);
            }
            for (StagedFile file : manifest.added()) {
                add(changed, file.file(), manifest);
            }
        }
        return new TopicState(Optional.of(manifests.get(manifests.size() - 1)), bytes, changed);
    }

    private static void remove(Map<TableKind, SortedMap<PathPartition, Hour>> hours, DataFile file, Manifest manifest) {
        SortedMap<PathPartition, Hour> table = hours.computeIfAbsent(file.table(), first -> new TreeMap<>());
        Hour hour = table.getOrDefault(file.pathPartition(), NO_FILES);
        List<DataFile> left = new ArrayList<>(hour.files());
        if (!left.remove(file)) {
            throw new IllegalArgumentException(
                    "commit " + manifest.sequence() + " removes " + file + ", which no earlier commit added");
        }
        // The folder of the former files may still have them, so files that follow belong to another generation.
        long generation = left.isEmpty() ? manifest.sequence() : hour.generation();
        table.put(file.pathPartition(), new Hour(generation, left));
    }

    private static void add(Map<TableKind, SortedMap<PathPartition, Hour>> hours, DataFile file, Manifest manifest) {
        SortedMap<PathPartition, Hour> table = hours.computeIfAbsent(file.table(), first -> new TreeMap<>());
        Hour hour = table.getOrDefault(file.pathPartition(), NO_FILES);
        boolean replaces = hour.files().isEmpty() && file.generation() > hour.generation();
        if (file.generation() != hour.generation() && !replaces) {
            throw new IllegalArgumentException(
                    "commit " + manifest.sequence() + " adds " + file + ", expected generation " + hour.generation());
        }
        List<DataFile> files = new ArrayList<>(hour.files());
        files.add(file);
        table.put(file.pathPartition(), new Hour(file.generation(), files));
    }

    /** Returns the newest manifest, or empty before the first commit. */
    public Optional<Manifest> newest() {
        return newest;
    }

    /** Returns the number of the newest commit, or 0 before the first one. */
    public long sequence() {
        return newest.map(Manifest::sequence).orElse(0L);
    }

    /** Returns the mean size of the values that the last load read, or 0 before the first one. */
    public long recordBytes() {
        return recordBytes;
    }

    /** Returns the live files of all tables. */
    public List<DataFile> files() {
        return hours.values().stream()
                .flatMap(table -> table.values().stream())
                .flatMap(hour -> hour.files().stream())
                .toList();
    }

    /** Returns the path partitions of a table that have or had files, and their live files. */
    public SortedMap<PathPartition, Hour> hours(TableKind table) {
        SortedMap<PathPartition, Hour> found = hours.get(table);
        return found == null ? Collections.emptySortedMap() : Collections.unmodifiableSortedMap(found);
    }

    /** Returns the generation to which a load adds files of a path partition. */
    public long generation(TableKind table, PathPartition pathPartition) {
        return hours(table).getOrDefault(pathPartition, NO_FILES).generation();
    }
}
