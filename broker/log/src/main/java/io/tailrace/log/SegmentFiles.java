package io.tailrace.log;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts the files in a partition's directory in order at start: finishes what a crash interrupted, and deletes leftovers. */
final class SegmentFiles {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentFiles.class);

    private SegmentFiles() {}

    /** Settles a directory. Every step can be repeated. Returns the files of segments, oldest first. */
    static List<Path> settle(Disk disk, Path directory, SegmentChain chain) throws IOException {
        finishReplacements(disk, directory, chain);
        List<Path> logFiles = new ArrayList<>();
        for (Path file : LogFiles.list(directory)) {
            String name = String.valueOf(file.getFileName());
            boolean isTemporary = name.endsWith(LogFiles.DELETED)
                    || name.endsWith(LogFiles.TEMPORARY)
                    || name.endsWith(LogFiles.COMPACTED);
            if (isTemporary) {
                disk.delete(file);
            } else if (LogFiles.hasOffsetName(file, LogFiles.LOG)) {
                logFiles.add(file);
            } else if (isOrphanedIndex(directory, file)) {
                LOG.warn("Index without a segment removed: {}", file);
                disk.delete(file);
            }
        }
        return logFiles;
    }

    /** Renames the files that compaction has committed, and deletes those of the segments that they replace. */
    private static void finishReplacements(Disk disk, Path directory, SegmentChain chain) throws IOException {
        for (SegmentChain.Link link : chain.links()) {
            for (String suffix : LogFiles.SEGMENT_SUFFIXES) {
                Path committed = LogFiles.compacted(directory, link.baseOffset(), suffix, link.compactedMs());
                if (link.compactedMs() > 0 && Files.exists(committed)) {
                    disk.move(committed, LogFiles.of(directory, link.baseOffset(), suffix));
                }
            }
        }
        for (Path file : LogFiles.list(directory)) {
            boolean isReplaced = LogFiles.hasOffsetName(file, LogFiles.LOG)
                    && chain.replacing(LogFiles.offsetOf(file))
                            .filter(link -> hasSize(directory, link))
                            .isPresent();
            if (isReplaced) {
                LOG.info("Segment that compaction has replaced is deleted: {}", file);
                deleteSegment(disk, directory, LogFiles.offsetOf(file));
            }
        }
    }

    /**
     * Whether a link's file is in place. If not, the segments that it was written from are kept, because a chain may be stored
     * although its pass failed.
     */
    private static boolean hasSize(Path directory, SegmentChain.Link link) {
        Path file = LogFiles.of(directory, link.baseOffset(), LogFiles.LOG);
        try {
            return Files.size(file) == link.sizeInBytes();
        } catch (IOException e) {
            return false;
        }
    }

    /** Deletes the files of a segment, the segment itself last, so that no index stays behind alone. */
    static void deleteSegment(Disk disk, Path directory, long baseOffset) throws IOException {
        for (int i = LogFiles.SEGMENT_SUFFIXES.size() - 1; i >= 0; i--) {
            disk.delete(LogFiles.of(directory, baseOffset, LogFiles.SEGMENT_SUFFIXES.get(i)));
        }
    }

    private static boolean isOrphanedIndex(Path directory, Path file) {
        boolean isIndex = LogFiles.SEGMENT_SUFFIXES.stream()
                .anyMatch(suffix -> !suffix.equals(LogFiles.LOG) && LogFiles.hasOffsetName(file, suffix));
        return isIndex && !Files.exists(LogFiles.of(directory, LogFiles.offsetOf(file), LogFiles.LOG));
    }
}
