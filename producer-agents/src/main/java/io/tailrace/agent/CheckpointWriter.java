package io.tailrace.agent;

import io.tailrace.agent.audit.AuditLedger;
import io.tailrace.agent.checkpoint.AgentCheckpointFile;
import io.tailrace.agent.checkpoint.Checkpoint;
import io.tailrace.agent.checkpoint.CheckpointChange;
import io.tailrace.agent.tail.FileChanges;
import io.tailrace.agent.tail.FileProgress;
import io.tailrace.agent.tail.FileToSkip;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Collects what a step has changed in the sources and the audit, and writes it to the checkpoint. What did not change costs nothing. Not
 * thread-safe.
 *
 * <p>A source that was removed from the configuration keeps its progress, in case it comes back.
 */
final class CheckpointWriter implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(CheckpointWriter.class);

    private final AgentCheckpointFile file;
    private final List<TailedSource> sources;
    private final AuditReporter audit;
    private final String agent;
    /** Names of the sources that were followed, now or before. */
    private final Set<String> followed;
    /** What the last agent's checkpoint has of sources that are not configured. */
    private final List<FileProgress> filesOfOthers;

    private final List<FileToSkip> filesToSkipOfOthers;
    private boolean hasNewSources;
    private Map<String, Long> readUpToMs;
    private boolean hasFailed;

    /** @param start what {@code file} began with */
    CheckpointWriter(AgentCheckpointFile file, Checkpoint start, List<TailedSource> sources, AuditReporter audit) {
        this.file = file;
        this.sources = List.copyOf(sources);
        this.audit = audit;
        agent = start.agent();
        followed = new HashSet<>(start.sources());
        Set<String> configured = new HashSet<>();
        sources.forEach(source -> configured.add(source.name()));
        filesOfOthers = start.files().stream()
                .filter(each -> !configured.contains(each.source()))
                .toList();
        filesToSkipOfOthers = start.filesToSkip().stream()
                .filter(each -> !configured.contains(each.source()))
                .toList();
        readUpToMs = start.readUpToMs();
    }

    /** Records that every source has looked for its files. */
    void scanned() {
        sources.forEach(source -> hasNewSources |= followed.add(source.name()));
    }

    /**
     * Brings the checkpoint on disk up to date.
     *
     * @return false if that failed: nothing may be sent until it succeeds
     */
    boolean write(long steadyMs) {
        return write(takeChange(), steadyMs);
    }

    /**
     * Writes a change that {@link #takeChange} has returned, or an empty one, after which the checkpoint is up to date if it was not,
     * and forced to the disk if that was due.
     *
     * @return false if that failed
     */
    boolean write(CheckpointChange change, long steadyMs) {
        try {
            if (change.isEmpty() && file.isWritten()) {
                file.forceIfDue(steadyMs);
            } else {
                file.write(change, steadyMs);
            }
        } catch (IOException e) {
            if (!hasFailed) {
                log.error("cannot write the checkpoint, reading no logs until that succeeds", e);
            }
            hasFailed = true;
            return false;
        }
        hasFailed = false;
        return true;
    }

    /** What changed since this was last called. */
    CheckpointChange takeChange() {
        List<FileProgress> files = new ArrayList<>();
        List<String> gone = new ArrayList<>();
        boolean hasOthersToSkip = false;
        for (TailedSource source : sources) {
            FileChanges changes = source.tail().takeChanges();
            files.addAll(changes.changed());
            gone.addAll(changes.gone());
            hasOthersToSkip |= source.tail().takeToSkipChanged();
        }
        Set<String> names = hasNewSources ? Set.copyOf(followed) : null;
        hasNewSources = false;
        return new CheckpointChange(
                files, gone, names, hasOthersToSkip ? filesToSkip() : null, audit.takeChange(), takeReadUpTo());
    }

    /** A change that was taken, with the counts and statements as they are now. */
    CheckpointChange withAudit(CheckpointChange taken) {
        var unused = audit.takeChange();
        readUpToMs = audit.readUpToMs();
        return new CheckpointChange(
                taken.files(),
                taken.gone(),
                taken.sources(),
                taken.filesToSkip(),
                AuditLedger.Change.of(audit.counts()),
                readUpToMs);
    }

    private @Nullable Map<String, Long> takeReadUpTo() {
        Map<String, Long> now = audit.readUpToMs();
        if (now.equals(readUpToMs)) {
            return null;
        }
        readUpToMs = now;
        return now;
    }

    private Set<FileToSkip> filesToSkip() {
        Set<FileToSkip> files = new HashSet<>(filesToSkipOfOthers);
        sources.forEach(source -> files.addAll(source.tail().filesToSkip()));
        return files;
    }

    /** Whether the last attempt to write has failed. */
    boolean hasFailed() {
        return hasFailed;
    }

    /** What was written: the sum of all changes. */
    Checkpoint written() {
        return file.checkpoint();
    }

    /** What must be written after a step, collected anew from all files. */
    Checkpoint expected() {
        List<FileProgress> files = new ArrayList<>(filesOfOthers);
        sources.forEach(source -> files.addAll(source.tail().progress()));
        return new Checkpoint(agent, files, followed, filesToSkip(), audit.counts(), audit.readUpToMs());
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            log.error("cannot force the checkpoint to the disk, a power failure now would send lines again", e);
        }
    }
}
