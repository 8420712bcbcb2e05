package io.tailrace.log;

import io.tailrace.protocol.LeaderEpochs;
import io.tailrace.protocol.TopicPartition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens the log in a partition's directory. After a clean stop it checks only the ends of segments, otherwise it recovers. */
final class LogLoader {
    private static final Logger LOG = LoggerFactory.getLogger(LogLoader.class);

    /**
     * A log's checkpoint from the previous process.
     *
     * @param wasCleanlyClosed whether the files can be trusted to their end
     * @param recoveryPoint below it everything was forced
     * @param logStartOffset the first readable offset
     */
    record Checkpoint(boolean wasCleanlyClosed, long recoveryPoint, long logStartOffset) {
        /** For a new log. */
        static final Checkpoint NONE = new Checkpoint(true, 0, 0);

        /** A copy whose recovery point is not below an offset. */
        Checkpoint forcedUpTo(long offset) {
            return new Checkpoint(wasCleanlyClosed, Math.max(recoveryPoint, offset), logStartOffset);
        }

        /** The offset up to which readable records were forced, so that a shorter log is damaged; 0 if there were none. */
        long forcedEndOffset() {
            return recoveryPoint > logStartOffset ? recoveryPoint : 0;
        }
    }

    /**
     * The initial state of a log.
     *
     * @param state segments and producers
     * @param epochs where each leader epoch starts
     * @param logStartOffset first readable offset
     * @param logEndOffset exclusive
     * @param recoveryPoint below it everything is forced
     */
    record Loaded(LogState state, LeaderEpochs epochs, long logStartOffset, long logEndOffset, long recoveryPoint) {}

    private final LogContext context;
    private final Path directory;
    private final int indexIntervalBytes;
    /** Raised to the end of the chain once that is known. */
    private Checkpoint checkpoint;

    private final long nowMs;

    LogLoader(LogContext context, TopicPartition partition, LogConfig config, Checkpoint checkpoint, long nowMs) {
        this.context = context;
        this.directory = context.directoryOf(partition);
        this.indexIntervalBytes = config.roll().indexIntervalBytes();
        this.checkpoint = checkpoint;
        this.nowMs = nowMs;
    }

    Loaded load() throws IOException {
        Files.createDirectories(directory);
        SegmentChainFile chainFile = new SegmentChainFile(context.disk(), directory);
        SegmentChain chain = chainFile.read();
        List<Segment> segments = new ArrayList<>();
        try {
            Map<Long, Long> compactedMs = chain.compactedMs();
            for (Path file : SegmentFiles.settle(context.disk(), directory, chain)) {
                long baseOffset = LogFiles.offsetOf(file);
                segments.add(
                        Segment.open(context.disk(), directory, baseOffset, compactedMs.getOrDefault(baseOffset, 0L)));
            }
            chain.ensureComplete(segments, checkpoint.logStartOffset);
            checkpoint = checkpoint.forcedUpTo(chain.endOffset());
            return load(segments, chainFile, chain);
        } catch (IOException | RuntimeException e) {
            segments.forEach(Segment::release);
            throw e;
        }
    }

    private Loaded load(List<Segment> segments, SegmentChainFile chainFile, SegmentChain chain) throws IOException {
        if (segments.isEmpty() && checkpoint.forcedEndOffset() > 0) {
            throw new CorruptLogException(
                    directory, "no segment found, expected records up to offset " + checkpoint.forcedEndOffset());
        }
        long logEndOffset = segments.isEmpty() ? checkpoint.logStartOffset : check(segments);
        if (segments.isEmpty() || logEndOffset < checkpoint.logStartOffset) {
            drop(segments);
            logEndOffset = checkpoint.logStartOffset;
            segments.add(Segment.create(context.disk(), directory, logEndOffset, nowMs));
            context.disk().syncDirectory(directory);
        }
        SegmentList list = new SegmentList(segments);
        long logStartOffset = Math.max(checkpoint.logStartOffset, list.first().baseOffset());
        long recoveryPoint =
                checkpoint.wasCleanlyClosed ? logEndOffset : Math.min(checkpoint.recoveryPoint, logEndOffset);
        LogState state = new LogState(
                directory,
                list,
                chain.history().truncate(logEndOffset),
                chainFile,
                new LeaderEpochFile(context.disk(), directory),
                new ProducerStates(context.config().producerIdsMax()));
        Optional<LeaderEpochs> kept = state.epochFile().read();
        LeaderEpochs known = kept.orElse(LeaderEpochs.EMPTY).truncate(logEndOffset);
        long epochsFrom = kept.isPresent() ? recoveryPoint : logStartOffset;
        LogState.Restored restored = state.restore(known, epochsFrom, span(logStartOffset, logEndOffset), nowMs);
        LeaderEpochs epochs = restored.epochs().startAt(logStartOffset);
        state.epochFile().writeOrRemove(epochs);
        return new Loaded(restored.state(), epochs, logStartOffset, logEndOffset, recoveryPoint);
    }

    private LogState.Span span(long logStartOffset, long logEndOffset) {
        return new LogState.Span(logStartOffset, logEndOffset, context.config().producerIdsMax(), true);
    }

    /**
     * Checks or recovers the segments, and drops those behind a cut. Returns the log end offset.
     *
     * @throws CorruptLogException if records that were forced are missing or damaged; no segment has changed then
     */
    private long check(List<Segment> segments) throws IOException {
        int scanFrom = checkpoint.wasCleanlyClosed ? segments.size() : firstToScan(segments);
        for (int i = 0; i < scanFrom; i++) {
            SegmentRecovery.checkIndexes(segments.get(i), indexIntervalBytes);
            if (i + 1 < segments.size()) {
                ensureFollows(segments.get(i), segments.get(i + 1));
                segments.get(i).indexes().complete();
            }
        }
        long nextOffset = scanFrom == 0 ? 0 : SegmentRecovery.nextOffset(segments.get(scanFrom - 1));
        if (scanFrom < segments.size()) {
            SegmentRecovery.ensureHolds(segments.get(scanFrom), checkpoint.forcedEndOffset());
        } else {
            SegmentRecovery.ensureReaches(segments.get(scanFrom - 1), nextOffset, checkpoint.forcedEndOffset());
        }
        for (int i = scanFrom; i < segments.size(); i++) {
            SegmentRecovery.Outcome outcome =
                    SegmentRecovery.scan(segments.get(i), checkpoint.recoveryPoint, indexIntervalBytes);
            nextOffset = outcome.nextOffset();
            List<Segment> later = segments.subList(i + 1, segments.size());
            if (outcome.wasCut() || (!later.isEmpty() && !follows(later.get(0), nextOffset))) {
                drop(later);
            } else if (!later.isEmpty()) {
                segments.get(i).indexes().complete();
            }
        }
        return nextOffset;
    }

    /** Whether a segment starts where the previous one ends, or so far away that a relative offset would not fit there. */
    private static boolean follows(Segment segment, long nextOffset) {
        long gap = segment.baseOffset() - nextOffset;
        return gap == 0 || gap > Integer.MAX_VALUE;
    }

    /** A gap among segments that were forced is damage: a segment is missing, or was cut at a batch. */
    private void ensureFollows(Segment segment, Segment next) throws IOException {
        long nextOffset = SegmentRecovery.nextOffset(segment);
        boolean isReadable = next.baseOffset() > checkpoint.logStartOffset();
        if (isReadable && !follows(next, nextOffset)) {
            throw new CorruptLogException(
                    segment.file(), segment.sizeInBytes(), "offset of the next segment", nextOffset, next.baseOffset());
        }
    }

    private int firstToScan(List<Segment> segments) {
        int first = segments.size() - 1;
        while (first > 0 && segments.get(first).baseOffset() > checkpoint.recoveryPoint) {
            first--;
        }
        return first;
    }

    private void drop(List<Segment> segments) throws IOException {
        for (Segment segment : segments) {
            LOG.warn("Segment dropped in recovery: {}: {} bytes", segment, segment.sizeInBytes());
            for (Path renamed : segment.markDeleted()) {
                Files.delete(renamed);
            }
            segment.release();
        }
        segments.clear();
    }
}
