package io.tailrace.log;

import io.tailrace.protocol.LeaderEpochs;
import io.tailrace.protocol.TopicPartition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens the log in a partition's directory: after a proper stop by a look at its ends, otherwise by recovery. */
final class LogLoader {
    private static final Logger LOG = LoggerFactory.getLogger(LogLoader.class);

    /**
     * What was known of the log before the process started.
     *
     * @param wasCleanlyClosed whether the files can be trusted to their end
     * @param recoveryPoint below it everything was forced
     * @param logStartOffset the first readable offset
     */
    record Past(boolean wasCleanlyClosed, long recoveryPoint, long logStartOffset) {
        /** Of a log that is new. */
        static final Past NONE = new Past(true, 0, 0);
    }

    /**
     * What a log starts with.
     *
     * @param state segments and producers
     * @param epochs where each leader epoch starts
     * @param logStartOffset first readable offset
     * @param logEndOffset exclusive
     * @param recoveryPoint below it everything is forced
     */
    record Loaded(LogState state, LeaderEpochs epochs, long logStartOffset, long logEndOffset, long recoveryPoint) {}

    private final LogContext context;
    private final TopicPartition partition;
    private final Path directory;
    private final int indexIntervalBytes;
    private final Past past;
    private final long nowMs;

    LogLoader(LogContext context, TopicPartition partition, Path directory, LogConfig config, Past past, long nowMs) {
        this.context = context;
        this.partition = partition;
        this.directory = directory;
        this.indexIntervalBytes = config.roll().indexIntervalBytes();
        this.past = past;
        this.nowMs = nowMs;
    }

    Loaded load() throws IOException {
        Files.createDirectories(directory);
        List<Path> logFiles = removeLeftovers();
        List<Segment> segments = new ArrayList<>();
        try {
            for (Path file : logFiles) {
                segments.add(Segment.open(context.disk(), directory, LogFiles.offsetOf(file)));
            }
            return load(segments);
        } catch (IOException | RuntimeException e) {
            segments.forEach(Segment::release);
            throw e;
        }
    }

    private Loaded load(List<Segment> segments) throws IOException {
        long logEndOffset = segments.isEmpty() ? past.logStartOffset : check(segments);
        if (segments.isEmpty() || logEndOffset < past.logStartOffset) {
            drop(segments);
            logEndOffset = past.logStartOffset;
            segments.add(Segment.create(context.disk(), directory, logEndOffset, nowMs));
            context.disk().syncDirectory(directory);
        }
        SegmentList list = new SegmentList(segments);
        long logStartOffset = Math.max(past.logStartOffset, list.first().baseOffset());
        long recoveryPoint = past.wasCleanlyClosed ? logEndOffset : Math.min(past.recoveryPoint, logEndOffset);
        LogState state = new LogState(
                directory,
                list,
                new LeaderEpochFile(context.disk(), directory),
                new ProducerStates(context.config().producerIdsMax()));
        Optional<LeaderEpochs> kept = state.epochFile().read();
        LeaderEpochs known = kept.orElse(LeaderEpochs.EMPTY).truncate(logEndOffset);
        long epochsFrom = kept.isPresent() ? recoveryPoint : logStartOffset;
        LeaderEpochs epochs = state.restore(known, epochsFrom, logStartOffset, logEndOffset, nowMs)
                .startAt(logStartOffset);
        state.epochFile().write(epochs);
        return new Loaded(state, epochs, logStartOffset, logEndOffset, recoveryPoint);
    }

    /** Deletes what a stop left half done; returns the segments' files, oldest first. */
    private List<Path> removeLeftovers() throws IOException {
        List<Path> logFiles = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.sorted().toList()) {
                String name = String.valueOf(file.getFileName());
                if (name.endsWith(LogFiles.DELETED) || name.endsWith(LogFiles.TEMPORARY)) {
                    Files.delete(file);
                } else if (LogFiles.isNamed(file, LogFiles.LOG)) {
                    logFiles.add(file);
                } else if (isOrphanedIndex(file)) {
                    LOG.warn("{} has no segment and is removed", file);
                    Files.delete(file);
                }
            }
        }
        return logFiles;
    }

    private boolean isOrphanedIndex(Path file) {
        boolean isIndex = LogFiles.isNamed(file, LogFiles.INDEX) || LogFiles.isNamed(file, LogFiles.TIME_INDEX);
        return isIndex && !Files.exists(LogFiles.of(directory, LogFiles.offsetOf(file), LogFiles.LOG));
    }

    /** Makes the segments sound, dropping those behind a cut; returns the log end offset. */
    private long check(List<Segment> segments) throws IOException {
        int scanFrom = past.wasCleanlyClosed ? segments.size() : firstToScan(segments);
        for (int i = 0; i < scanFrom; i++) {
            SegmentRecovery.checkIndexes(segments.get(i), indexIntervalBytes);
            if (i + 1 < segments.size()) {
                segments.get(i).completeIndexes();
            }
        }
        long nextOffset = scanFrom == 0 ? 0 : SegmentRecovery.nextOffset(segments.get(scanFrom - 1));
        for (int i = scanFrom; i < segments.size(); i++) {
            SegmentRecovery.Outcome outcome =
                    SegmentRecovery.scan(segments.get(i), past.recoveryPoint, indexIntervalBytes);
            nextOffset = outcome.nextOffset();
            List<Segment> later = segments.subList(i + 1, segments.size());
            if (outcome.problem() != null || (!later.isEmpty() && !follows(later.get(0), nextOffset))) {
                drop(later);
            } else if (!later.isEmpty()) {
                segments.get(i).completeIndexes();
            }
        }
        return nextOffset;
    }

    /** A segment starts where the one before ends, or its first relative offset would not fit ({@link Log}). */
    private static boolean follows(Segment segment, long nextOffset) {
        long gap = segment.baseOffset() - nextOffset;
        return gap == 0 || gap > Integer.MAX_VALUE;
    }

    private int firstToScan(List<Segment> segments) {
        int first = segments.size() - 1;
        while (first > 0 && segments.get(first).baseOffset() > past.recoveryPoint) {
            first--;
        }
        return first;
    }

    private void drop(List<Segment> segments) throws IOException {
        for (Segment segment : segments) {
            LOG.warn("{}: {} is dropped, {} bytes", partition, segment, segment.sizeInBytes());
            for (Path renamed : segment.markDeleted()) {
                Files.delete(renamed);
            }
            segment.release();
        }
        segments.clear();
    }
}
