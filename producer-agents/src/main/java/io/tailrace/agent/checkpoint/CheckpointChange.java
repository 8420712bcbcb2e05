package io.tailrace.agent.checkpoint;

import io.tailrace.agent.audit.AuditLedger;
import io.tailrace.agent.tail.FileProgress;
import io.tailrace.agent.tail.FileToSkip;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What changed from one checkpoint to the next, as of one step of the agent. Immutable.
 *
 * @param files the contents that are new or of which anything changed
 * @param gone identities of the contents that are no longer kept
 * @param sources the names of all sources; null if they are the same
 * @param filesToSkip all files to skip; null if they are the same
 * @param audit what changed in the counts
 * @param readUpToMs what was stated last of each topic; null if it is the same
 */
public record CheckpointChange(
        List<FileProgress> files,
        List<String> gone,
        @Nullable Set<String> sources,
        @Nullable Set<FileToSkip> filesToSkip,
        AuditLedger.Change audit,
        @Nullable Map<String, Long> readUpToMs) {
    public static final CheckpointChange NONE =
            new CheckpointChange(List.of(), List.of(), null, null, AuditLedger.Change.NONE, null);

    public CheckpointChange {
        files = List.copyOf(files);
        gone = List.copyOf(gone);
    }

    /** Whether the checkpoint is the same. */
    public boolean isEmpty() {
        return files.isEmpty()
                && gone.isEmpty()
                && sources == null
                && filesToSkip == null
                && audit.isEmpty()
                && readUpToMs == null;
    }
}
