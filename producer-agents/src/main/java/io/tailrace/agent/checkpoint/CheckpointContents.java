package io.tailrace.agent.checkpoint;

import io.tailrace.agent.audit.AuditLedger;
import io.tailrace.agent.tail.FileProgress;
import io.tailrace.agent.tail.FileToSkip;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** A checkpoint to which changes are applied, each at the cost of what it changes. Not thread-safe. */
final class CheckpointContents {
    private final String agent;
    private final Map<String, FileProgress> files = new LinkedHashMap<>();
    private Set<String> sources;
    private Set<FileToSkip> filesToSkip;
    private final TreeMap<String, TreeMap<Long, AuditLedger.Open>> open = new TreeMap<>();
    private List<AuditLedger.Sealed> sealed;
    private long nextSequence;
    private Map<String, Long> readUpToMs;

    CheckpointContents(Checkpoint checkpoint) {
        agent = checkpoint.agent();
        checkpoint.files().forEach(file -> files.put(file.contentId(), file));
        sources = checkpoint.sources();
        filesToSkip = checkpoint.filesToSkip();
        checkpoint.audit().open().forEach(this::put);
        sealed = checkpoint.audit().sealed();
        nextSequence = checkpoint.audit().nextSequence();
        readUpToMs = checkpoint.readUpToMs();
    }

    /**
     * Applies a change.
     *
     * @return whether there is a content that was not there before
     */
    boolean apply(CheckpointChange change) {
        change.gone().forEach(files::remove);
        boolean isAnyNew = false;
        for (FileProgress file : change.files()) {
            isAnyNew |= files.put(file.contentId(), file) == null;
        }
        sources = change.sources() == null ? sources : change.sources();
        filesToSkip = change.filesToSkip() == null ? filesToSkip : change.filesToSkip();
        apply(change.audit());
        readUpToMs = change.readUpToMs() == null ? readUpToMs : change.readUpToMs();
        return isAnyNew;
    }

    private void apply(AuditLedger.Change change) {
        AuditLedger.State whole = change.whole();
        if (whole != null) {
            open.clear();
            whole.open().forEach(this::put);
            sealed = whole.sealed();
            nextSequence = whole.nextSequence();
        }
        change.grown().forEach(this::put);
    }

    private void put(AuditLedger.Open count) {
        open.computeIfAbsent(count.topic(), topic -> new TreeMap<>()).put(count.windowStartMs(), count);
    }

    /** The checkpoint now. */
    Checkpoint checkpoint() {
        List<AuditLedger.Open> counts = new ArrayList<>();
        open.values().forEach(windows -> counts.addAll(windows.values()));
        return new Checkpoint(
                agent,
                List.copyOf(files.values()),
                sources,
                filesToSkip,
                new AuditLedger.State(nextSequence, counts, sealed),
                readUpToMs);
    }
}
