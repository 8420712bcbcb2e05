package io.tailrace.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts a compacted segment in place of the segments that it was written from. Writing the new chain of segments is the commit;
 * the renames follow, now or at the next start ({@code docs/adr/0106}).
 */
final class SegmentReplacement {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentReplacement.class);

    private final Log log;
    private final int truncationsBefore;

    /**
     * For one pass over a log.
     *
     * @param truncationsBefore how often the log had been truncated when the pass began
     */
    SegmentReplacement(Log log, int truncationsBefore) {
        this.log = log;
        this.truncationsBefore = truncationsBefore;
    }

    /**
     * Replaces segments. Appends wait only for the renames. If it fails before the commit, the compacted segment is deleted.
     *
     * @throws CompactionStoppedException if the log was truncated or closed in the meantime
     */
    void replace(List<Segment> replaced, Segment compacted) throws IOException {
        log.flusher().exclusively(() -> {
            try {
                commit(replaced, compacted);
                renameAndPublish(replaced, compacted);
            } finally {
                log.compaction().endReplacing();
            }
        });
    }

    private void commit(List<Segment> replaced, Segment compacted) throws IOException {
        try {
            ensureNotTruncated();
            log.withoutAppends(() -> {
                SegmentList unused = log.state().segments().replace(replaced, compacted);
                log.compaction().beginReplacing(compacted.baseOffset());
            });
            LogState state = log.state();
            SegmentList planned = state.segments().replace(replaced, compacted);
            state.chainFile().write(SegmentChain.of(planned, log.recoveryPoint(), state.history()));
        } catch (IOException e) {
            abort(compacted, e);
            throw e;
        } catch (RuntimeException e) {
            SegmentCompaction.discard(log.context().disk(), compacted, e);
            throw e;
        }
    }

    /** After a failure the chain on disk may be the new one; then the compacted segment is needed at the next start. */
    private void abort(Segment compacted, IOException cause) {
        if (FailureScope.of(cause, log.context().config().path()) == FailureScope.DIRECTORY) {
            return;
        }
        if (log.state().chainFile().restore()) {
            SegmentCompaction.discard(log.context().disk(), compacted, cause);
        } else {
            compacted.release();
            log.abandon();
        }
    }

    /** Stores and publishes up to where the log is compacted. */
    void finish(CompactionHistory history) throws IOException {
        log.flusher().exclusively(() -> {
            ensureNotTruncated();
            LogState state = log.state();
            state.chainFile().write(SegmentChain.of(state.segments(), log.recoveryPoint(), history));
            log.withoutAppends(() -> log.compacted(history));
        });
    }

    private void ensureNotTruncated() {
        if (log.isClosed() || log.flusher().truncations() != truncationsBefore) {
            throw new CompactionStoppedException("the log was truncated or closed");
        }
    }

    private void renameAndPublish(List<Segment> replaced, Segment compacted) throws IOException {
        Disk disk = log.context().disk();
        Path directory = log.state().directory();
        try {
            log.withoutAppends(() -> {
                for (String suffix : LogFiles.SEGMENT_SUFFIXES) {
                    disk.move(
                            LogFiles.compacted(directory, compacted.baseOffset(), suffix, compacted.compactedMs()),
                            LogFiles.of(directory, compacted.baseOffset(), suffix));
                }
                log.replaceSegments(log.state().segments().replace(replaced, compacted));
            });
        } catch (IOException | RuntimeException e) {
            // The next start renames the rest.
            log.abandon();
            throw e;
        }
        replaced.forEach(Segment::release);
        deleteReplaced(disk, directory, replaced);
    }

    /** The first segment's files were replaced by the renames. Files that cannot be deleted now are deleted at the next start. */
    private void deleteReplaced(Disk disk, Path directory, List<Segment> replaced) {
        try {
            for (Segment segment : replaced.subList(1, replaced.size())) {
                SegmentFiles.deleteSegment(disk, directory, segment.baseOffset());
                disk.delete(LogFiles.of(directory, segment.baseOffset(), LogFiles.SNAPSHOT));
            }
        } catch (IOException e) {
            LOG.warn("Replaced segment not deleted, the next start tries again: {}: {}", log.partition(), e.toString());
        }
    }
}
