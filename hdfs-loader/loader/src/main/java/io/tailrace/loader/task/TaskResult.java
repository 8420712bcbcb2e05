package io.tailrace.loader.task;

import io.tailrace.loader.table.StagedFile;
import java.util.List;

/**
 * What a task wrote: data, as a {@link TaskSpec} is.
 *
 * @param files the files, complete and on disk, of generation 0
 * @param valueBytes total size of all values read
 */
public record TaskResult(List<StagedFile> files, long valueBytes) {}
