package io.tailrace.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file {@code segment-chain}, which keeps a log's {@link SegmentChain} ({@code docs/format.md}). Replacing this file commits
 * a compaction. Guarded by the flusher's lock.
 */
final class SegmentChainFile {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentChainFile.class);

    private static final String SEGMENT = "segment";
    private static final String END = "end";
    private static final String COMPACTED = "compacted";

    private final Path directory;
    private final CheckpointFile file;

    /** The content of the file. */
    private SegmentChain written = SegmentChain.EMPTY;

    SegmentChainFile(Disk disk, Path directory) {
        this.directory = directory;
        this.file = new CheckpointFile(disk, directory.resolve(LogFiles.CHAIN));
    }

    /**
     * The chain in the file; empty if it is missing or damaged, so that the segments alone must show whether they are complete.
     */
    SegmentChain read() throws IOException {
        try {
            written = parse(file.read().orElse(List.of()));
        } catch (CorruptLogException e) {
            LOG.warn("Damaged chain of segments ignored: {}", e.getMessage());
        }
        return written;
    }

    private SegmentChain parse(List<String> lines) throws CorruptLogException {
        List<SegmentChain.Link> links = new ArrayList<>();
        List<CompactionHistory.Mark> marks = new ArrayList<>();
        long endOffset = 0;
        for (String line : lines) {
            String[] parts = line.split(" ", -1);
            try {
                if (parts[0].equals(SEGMENT) && parts.length == 4) {
                    links.add(new SegmentChain.Link(
                            Long.parseLong(parts[1]), Integer.parseInt(parts[2]), Long.parseLong(parts[3])));
                } else if (parts[0].equals(COMPACTED) && parts.length == 4) {
                    marks.add(new CompactionHistory.Mark(
                            Long.parseLong(parts[1]), Long.parseLong(parts[2]), Long.parseLong(parts[3])));
                } else if (parts[0].equals(END) && parts.length == 2) {
                    endOffset = Long.parseLong(parts[1]);
                } else {
                    throw file.corrupt(line);
                }
            } catch (NumberFormatException e) {
                throw file.corrupt(line);
            }
        }
        return new SegmentChain(links, endOffset, new CompactionHistory(marks));
    }

    /** The end offset of the chain in the file. */
    long endOffset() {
        return written.endOffset();
    }

    /** Replaces the file, unless it holds this chain already. */
    void write(SegmentChain chain) throws IOException {
        if (chain.equals(written)) {
            return;
        }
        file.write(lines(chain));
        written = chain;
    }

    /**
     * Called after a failed write, which may have taken effect: makes sure that the file holds the previous chain.
     *
     * @return whether it does
     */
    boolean restore() {
        try {
            if (!parse(file.read().orElse(List.of())).equals(written)) {
                file.write(lines(written));
            }
            return true;
        } catch (IOException e) {
            LOG.warn("Chain of segments not restored after a failed write: {}: {}", directory, e.toString());
            return false;
        }
    }

    private static List<String> lines(SegmentChain chain) {
        List<String> lines = new ArrayList<>();
        for (SegmentChain.Link link : chain.links()) {
            lines.add(SEGMENT + " " + link.baseOffset() + " " + link.sizeInBytes() + " " + link.compactedMs());
        }
        lines.add(END + " " + chain.endOffset());
        for (CompactionHistory.Mark mark : chain.history().marks()) {
            lines.add(COMPACTED + " " + mark.endOffset() + " " + mark.compactedMs() + " " + mark.tombstones());
        }
        return lines;
    }

    /**
     * Shortens the chain before a truncation, or removes the file if there is no space. A listed segment that is cut counts as
     * damaged; without the file, each segment only has to start where the previous one ends.
     *
     * @param cutBaseOffset base offset of the segment that the truncation cuts
     * @param logEndOffset the log's new end
     * @throws IOException if the disk fails
     */
    void truncate(long cutBaseOffset, long logEndOffset) throws IOException {
        SegmentChain shorter = written.truncate(cutBaseOffset, logEndOffset);
        try {
            write(shorter);
        } catch (IOException e) {
            if (FailureScope.of(e, directory) == FailureScope.DIRECTORY) {
                throw e;
            }
            LOG.warn("Chain of segments not written and its file removed: {}", e.toString());
            file.delete();
            written = SegmentChain.EMPTY;
        }
    }
}
