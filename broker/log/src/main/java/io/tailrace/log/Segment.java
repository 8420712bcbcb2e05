package io.tailrace.log;

import io.tailrace.protocol.record.RecordBatch;
import io.tailrace.protocol.record.RecordBatches;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One file of record batches, with its indexes.
 *
 * <p>Written only under the log's append lock. A reader first calls {@link #retain}, so that the files stay open until it calls
 * {@link #release}. It reads no further than a position that it took from the log or from {@link #sizeInBytes}.
 */
final class Segment {
    private static final Logger LOG = LoggerFactory.getLogger(Segment.class);

    private final long baseOffset;
    private final Path file;
    private final FileChannel channel;
    private final SegmentIndexes indexes;
    private final TransactionIndex transactions;
    private final long createdMs;
    private final long compactedMs;
    /** One reference of the log and one of each reader. At 0 the files are closed. */
    private final AtomicInteger references = new AtomicInteger(1);

    private volatile int sizeInBytes;
    private volatile long lastAppendedMs;

    /** When the batches of a segment were written. */
    private record Times(long createdMs, long lastAppendedMs, long compactedMs) {}

    private Segment(Path file, FileChannel channel, SegmentIndexes indexes, TransactionIndex transactions, Times times)
            throws IOException {
        this.baseOffset = LogFiles.offsetOf(file);
        this.file = file;
        this.channel = channel;
        this.sizeInBytes = sizeOf(channel, file);
        this.createdMs = times.createdMs;
        this.lastAppendedMs = times.lastAppendedMs;
        this.compactedMs = times.compactedMs;
        this.indexes = indexes;
        this.transactions = transactions;
    }

    /** Creates an empty segment. If that fails, no file stays behind. */
    static Segment create(Disk disk, Path directory, long baseOffset, long nowMs) throws IOException {
        Path file = LogFiles.of(directory, baseOffset, LogFiles.LOG);
        FileChannel channel =
                disk.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
        Segment segment = null;
        try {
            SegmentIndexes indexes = SegmentIndexes.open(disk, directory, baseOffset);
            segment = new Segment(
                    file, channel, indexes, transactions(disk, directory, baseOffset), new Times(nowMs, nowMs, 0));
            indexes.create();
            return segment;
        } catch (IOException e) {
            if (segment == null) {
                channel.close();
            } else {
                segment.release();
            }
            for (String suffix : LogFiles.SEGMENT_SUFFIXES) {
                Files.deleteIfExists(LogFiles.of(directory, baseOffset, suffix));
            }
            throw e;
        }
    }

    /**
     * Creates an empty segment that is to take the place of others, under its temporary name. It counts as part of the log
     * once its files are renamed; if this fails, the next start deletes them.
     *
     * @param compactedMs names the files
     */
    static Segment createCompacted(Disk disk, Path directory, long compactedMs, List<Segment> replaced)
            throws IOException {
        long baseOffset = replaced.get(0).baseOffset();
        long createdMs = replaced.get(0).createdMs();
        long lastAppendedMs =
                replaced.stream().mapToLong(Segment::lastAppendedMs).max().orElse(createdMs);
        Path temporary = LogFiles.compacted(directory, baseOffset, LogFiles.LOG, compactedMs);
        FileChannel channel = disk.open(temporary, IndexFile.NEW_FILE);
        SegmentIndexes indexes = null;
        try {
            indexes = SegmentIndexes.createCompacted(disk, directory, baseOffset, compactedMs);
            return new Segment(
                    LogFiles.of(directory, baseOffset, LogFiles.LOG),
                    channel,
                    indexes,
                    TransactionIndex.create(
                            disk,
                            LogFiles.compacted(directory, baseOffset, LogFiles.TRANSACTION_INDEX, compactedMs),
                            LogFiles.of(directory, baseOffset, LogFiles.TRANSACTION_INDEX)),
                    new Times(createdMs, lastAppendedMs, compactedMs));
        } catch (IOException e) {
            channel.close();
            if (indexes != null) {
                indexes.close();
            }
            throw e;
        }
    }

    /**
     * Opens an existing segment, whatever its state. {@link SegmentRecovery} checks it.
     *
     * @param compactedMs when compaction wrote it; 0 if it is as it was appended
     */
    static Segment open(Disk disk, Path directory, long baseOffset, long compactedMs) throws IOException {
        Path file = LogFiles.of(directory, baseOffset, LogFiles.LOG);
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        FileChannel channel = disk.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            Times times = new Times(
                    attributes.creationTime().toMillis(),
                    attributes.lastModifiedTime().toMillis(),
                    compactedMs);
            return new Segment(
                    file,
                    channel,
                    SegmentIndexes.open(disk, directory, baseOffset),
                    transactions(disk, directory, baseOffset),
                    times);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    private static TransactionIndex transactions(Disk disk, Path directory, long baseOffset) throws IOException {
        return TransactionIndex.open(disk, LogFiles.of(directory, baseOffset, LogFiles.TRANSACTION_INDEX));
    }

    private static int sizeOf(FileChannel channel, Path file) throws IOException {
        long bytes = channel.size();
        if (bytes > Integer.MAX_VALUE) {
            throw new CorruptLogException(file, "size is " + bytes + ", expected at most " + Integer.MAX_VALUE);
        }
        return (int) bytes;
    }

    long baseOffset() {
        return baseOffset;
    }

    Path file() {
        return file;
    }

    FileChannel channel() {
        return channel;
    }

    SegmentIndexes indexes() {
        return indexes;
    }

    /** The aborted transactions whose markers are here. */
    TransactionIndex transactions() {
        return transactions;
    }

    int sizeInBytes() {
        return sizeInBytes;
    }

    boolean isEmpty() {
        return sizeInBytes == 0;
    }

    long createdMs() {
        return createdMs;
    }

    long lastAppendedMs() {
        return lastAppendedMs;
    }

    /** When compaction wrote the file; 0 if it is as it was appended. */
    long compactedMs() {
        return compactedMs;
    }

    long maxTimestampMs() {
        return indexes.maxTimestampMs();
    }

    /**
     * Checks that the file still has as many bytes as were written, so that sendfile can deliver what a response promises.
     *
     * @throws CorruptLogException if it ends before {@code bytes}
     */
    void ensureHolds(long bytes) throws IOException {
        long found = channel.size();
        if (found < bytes) {
            throw new CorruptLogException(file, found, "file size", "at least " + bytes, found);
        }
    }

    /** Whether batches fit, by size, by room in the indexes, and by the width of a relative offset. */
    boolean hasRoomFor(int bytes, long lastOffset, LogConfig.Roll limits) {
        int size = sizeInBytes;
        boolean isInRange = lastOffset - baseOffset <= Integer.MAX_VALUE;
        return isInRange
                && (size == 0 || (size <= limits.segmentBytesMax() - bytes && indexes.hasRoom(limits.indexBytesMax())));
    }

    /**
     * Writes whole batches at the end. They can be read once this method returns.
     *
     * @throws IOException if that fails; the file is cut where it ended before
     */
    void append(ByteBuffer batches, int indexIntervalBytes, long nowMs) throws IOException {
        int position = sizeInBytes;
        if (batches.remaining() > Integer.MAX_VALUE - position) {
            throw new LogOperationException(new IOException(file + ": expected at most " + Integer.MAX_VALUE
                    + " bytes, found " + ((long) position + batches.remaining())));
        }
        try {
            Channels.writeFully(channel, batches.duplicate(), position);
        } catch (IOException e) {
            channel.truncate(position);
            throw e;
        }
        for (RecordBatch batch : RecordBatches.of(batches)) {
            indexes.add(batch, position, indexIntervalBytes);
            position += batch.sizeInBytes();
        }
        lastAppendedMs = nowMs;
        sizeInBytes = position;
    }

    /** Position of the first batch that ends at or after {@code offset}, or {@code limit} if none starts before it. */
    int positionOf(long offset, int limit) throws IOException {
        BatchScan scan = scanFrom(offset, limit);
        while (scan.isAtBatch() && scan.lastOffset() < offset) {
            boolean unused = scan.next();
        }
        scan.ensureSound(file);
        return scan.isAtBatch() ? scan.position() : limit;
    }

    /**
     * Offset after the last batch that ends below {@code offset}, or the base offset if there is no such batch.
     *
     * @param position {@link #positionOf} that offset
     */
    long nextOffsetBefore(long offset, int position) throws IOException {
        long nextOffset = baseOffset;
        BatchScan scan = scanFrom(offset - 1, position);
        while (scan.isAtBatch()) {
            nextOffset = scan.lastOffset() + 1;
            boolean unused = scan.next();
        }
        scan.ensureSound(file);
        return nextOffset;
    }

    /** A scan whose current batch is the last indexed one that ends at or below {@code offset}, or else the first. */
    private BatchScan scanFrom(long offset, int limit) throws IOException {
        OffsetIndex.Entry entry = indexes.offsetIndex().floor(offset);
        if (entry != null && entry.position() > 0 && entry.position() < limit) {
            BatchScan scan = BatchScan.headers(channel, entry.position(), limit);
            if (scan.next() && scan.lastOffset() == entry.lastOffset()) {
                return scan;
            }
            indexes.suspect(entry);
        }
        BatchScan scan = BatchScan.headers(channel, 0, limit);
        boolean unused = scan.next();
        return scan;
    }

    /**
     * Rebuilds both indexes from the headers. Stops where they cannot be written, so that they stay suspect. No lookup may run.
     *
     * @throws CorruptLogException if a header is damaged; the indexes then cover the batches before it
     */
    void rebuildIndexes(int indexIntervalBytes) throws IOException {
        BatchScan scan = BatchScan.headers(channel, 0, sizeInBytes);
        try {
            indexes.reset();
            while (!indexes.isSuspect() && scan.next()) {
                indexes.add(scan, indexIntervalBytes);
            }
        } catch (IOException e) {
            indexes.markIncomplete();
            throw e;
        }
        scan.ensureSound(file);
    }

    /** Cuts the file before a batch, and the indexes with it. No lookup may run. */
    void truncate(int position, long nextOffset) throws IOException {
        truncateFile(position);
        indexes.truncate(position, nextOffset);
        indexes.refresh(this);
        transactions.truncate(nextOffset);
    }

    /** Cuts the file only, for recovery, which builds the indexes itself. */
    void truncateFile(int position) throws IOException {
        sizeInBytes = position;
        channel.truncate(position);
    }

    /** Forces the batches. */
    void force() throws IOException {
        Disk.force(channel, file, false);
    }

    /** Keeps the files open; false if they are closed already. */
    boolean retain() {
        int count = references.get();
        while (count > 0) {
            if (references.compareAndSet(count, count + 1)) {
                return true;
            }
            count = references.get();
        }
        return false;
    }

    /** Undoes one {@link #retain}, or drops the log's own reference. The last call closes the files. */
    void release() {
        if (references.decrementAndGet() == 0) {
            try {
                channel.close();
                indexes.close();
                transactions.close();
            } catch (IOException e) {
                LOG.warn("Segment not closed: {}: {}", file, e.toString());
            }
        }
    }

    /**
     * Renames the files, so that they no longer count as part of the log; returns the new paths. An index that cannot be
     * renamed stays behind without a segment and is removed at the next start.
     *
     * @throws IOException if the segment itself cannot be renamed; nothing has changed then
     */
    List<Path> markDeleted() throws IOException {
        List<Path> renamed = new ArrayList<>();
        if (Files.exists(file)) {
            renamed.add(markDeleted(file));
        }
        List<Path> paths = new ArrayList<>(indexes.paths());
        paths.add(transactions.path());
        for (Path index : paths) {
            try {
                if (Files.exists(index)) {
                    renamed.add(markDeleted(index));
                }
            } catch (IOException e) {
                LOG.warn("Index of a deleted segment not renamed: {}", e.toString());
            }
        }
        return renamed;
    }

    private static Path markDeleted(Path path) throws IOException {
        Path deleted = path.resolveSibling(path.getFileName() + LogFiles.DELETED);
        return Files.move(path, deleted, StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public String toString() {
        return file.toString();
    }
}
