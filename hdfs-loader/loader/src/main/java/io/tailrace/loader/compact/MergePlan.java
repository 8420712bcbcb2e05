package io.tailrace.loader.compact;

import io.tailrace.loader.commit.TopicState;
import io.tailrace.loader.table.DataFile;
import io.tailrace.loader.table.PathPartition;
import io.tailrace.loader.table.TableKind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/** Which hours are merged: those with at least two files that are smaller than half the target. Pure. */
final class MergePlan {
    private static final Comparator<DataFile> BY_OFFSET = Comparator.comparing((DataFile file) ->
                    file.spans().isEmpty() ? -1 : file.spans().get(0).partition())
            .thenComparing(
                    file -> file.spans().isEmpty() ? -1 : file.spans().get(0).first())
            .thenComparing(DataFile::name);

    private MergePlan() {}

    /**
     * The work for one hour: its new generation has all of its rows, so all live files are part of it.
     *
     * @param table the table
     * @param pathPartition the hour
     * @param files all live files, by partition and offset
     */
    record HourFiles(TableKind table, PathPartition pathPartition, List<DataFile> files) {
        long bytes() {
            return files.stream().mapToLong(DataFile::bytes).sum();
        }
    }

    /**
     * Returns the hours to merge, in order.
     *
     * @param targetBytes the size that files should have
     * @param selected the hours to look at
     */
    static List<HourFiles> of(TopicState state, long targetBytes, Predicate<PathPartition> selected) {
        List<HourFiles> hours = new ArrayList<>();
        for (TableKind table : TableKind.values()) {
            state.hours(table).forEach((pathPartition, hour) -> {
                long small = hour.files().stream()
                        .filter(file -> file.bytes() < targetBytes / 2)
                        .count();
                if (small > 1 && selected.test(pathPartition)) {
                    List<DataFile> files =
                            hour.files().stream().sorted(BY_OFFSET).toList();
                    hours.add(new HourFiles(table, pathPartition, files));
                }
            });
        }
        return hours;
    }
}
