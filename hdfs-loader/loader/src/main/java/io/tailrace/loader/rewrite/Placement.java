package io.tailrace.loader.rewrite;

import io.tailrace.loader.commit.TopicState;
import io.tailrace.loader.table.DataFile;
import io.tailrace.loader.table.PathPartition;
import io.tailrace.loader.table.TableKind;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Decides to which generation a file of a commit belongs that also removes files: to a new one if its path partition's files are
 * removed, else beside the live files. Pure.
 */
final class Placement {
    private final TopicState state;
    private final Set<Map.Entry<TableKind, PathPartition>> replaced = new HashSet<>();

    /**
     * Creates the rules of a commit.
     *
     * @param state what is committed before it
     * @param removed the files that it removes: all of a path partition, or none
     */
    Placement(TopicState state, Collection<DataFile> removed) {
        this.state = state;
        removed.forEach(file -> replaced.add(Map.entry(file.table(), file.pathPartition())));
    }

    DataFile place(DataFile file) {
        boolean isReplaced = replaced.contains(Map.entry(file.table(), file.pathPartition()));
        return file.inGeneration(
                isReplaced ? state.sequence() + 1 : state.generation(file.table(), file.pathPartition()));
    }
}
