package io.tailrace.loader.task;

import io.tailrace.loader.table.StagedFile;
import io.tailrace.loader.table.TableKind;
import java.util.List;

/**
 * What a task wrote: data, as a {@link TaskSpec} is.
 *
 * @param files the files, complete and on disk, of generation 0
 * @param valueBytes total size of all values read
 */
public record TaskResult(List<StagedFile> files, long valueBytes) {

    /** Returns the number of rows that the task wrote to a table. */
    public long rows(TableKind table) {
        return files.stream()
                .filter(file -> file.file().table() == table)
                .mapToLong(file -> file.file().rows())
                .sum();
    }
}
