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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One file of record batches, with its two indexes.
 *
 * <p>Written under the log's append lock only. Readers {@link #retain} it first, so that its files stay open until
 * they {@link #release} it, and look no further than a position that they took from the log or from
 * {@link #sizeInBytes}.
 */
final class Segment {
    private static final Logger LOG = LoggerFactory.getLogger(Segment.class);

    private final long baseOffset;
    private final Path file;
    private final FileChannel channel;
    private final OffsetIndex offsetIndex;
    private final TimeIndex timeIndex;
    private final long createdMs;
    /** The log's own reference, and one of each reader. At 0 the files are closed. */
    private final AtomicInteger references = new AtomicInteger(1);

    private volatile int sizeInBytes;
    private volatile long maxTimestampMs = RecordBatch.NO_TIMESTAMP;
    private volatile long lastAppendedMs;
    /** Last offset of the batch that has the greatest timestamp; guarded by the append lock. */
    private long offsetOfMaxTimestamp;
    /** Guarded by the append lock. */
    private int bytesSinceIndexEntry;

    private volatile boolean indexSuspect;

    private Segment(
            Disk disk, Path directory, long baseOffset, FileChannel channel, long createdMs, long lastAppendedMs)
            throws IOException {
        this.baseOffset = baseOffset;
        this.file = LogFiles.of(directory, baseOffset, LogFiles.LOG);
        this.channel = channel;
        this.sizeInBytes = sizeOf(channel, file);
        this.createdMs = createdMs;
        this.lastAppendedMs = lastAppendedMs;
        Path offsets = LogFiles.of(directory, baseOffset, LogFiles.INDEX);
        Path times = LogFiles.of(directory, baseOffset, LogFiles.TIME_INDEX);
        this.indexSuspect = !Files.exists(offsets) || !Files.exists(times);
        this.offsetIndex = new OffsetIndex(openIndex(disk, offsets, OffsetIndex.KEY_BYTES), baseOffset);
        this.timeIndex = new TimeIndex(openIndex(disk, times, TimeIndex.KEY_BYTES), baseOffset);
        TimeIndex.Entry newest = timeIndex.last();
        if (newest != null) {
            maxTimestampMs = newest.timestampMs();
            offsetOfMaxTimestamp = newest.lastOffset();
        }
    }

    /** Makes a new, empty segment; leaves no file behind if that fails. */
    static Segment create(Disk disk, Path directory, long baseOffset, long nowMs) throws IOException {
        Path file = LogFiles.of(directory, baseOffset, LogFiles.LOG);
        FileChannel channel =
                disk.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
        Segment segment = null;
        try {
            segment = new Segment(disk, directory, baseOffset, channel, nowMs, nowMs);
            segment.resetIndexes();
            segment.offsetIndex.file().createFile();
            segment.timeIndex.file().createFile();
            return segment;
        } catch (IOException e) {
            if (segment == null) {
                channel.close();
            } else {
                segment.release();
            }
            for (String suffix : List.of(LogFiles.LOG, LogFiles.INDEX, LogFiles.TIME_INDEX)) {
                Files.deleteIfExists(LogFiles.of(directory, baseOffset, suffix));
            }
            throw e;
        }
    }

    /** Opens a segment that is there, whatever its state; {@link SegmentRecovery} looks into it. */
    static Segment open(Disk disk, Path directory, long baseOffset) throws IOException {
        Path file = LogFiles.of(directory, baseOffset, LogFiles.LOG);
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        FileChannel channel = disk.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            return new Segment(
                    disk,
                    directory,
                    baseOffset,
                    channel,
                    attributes.creationTime().toMillis(),
                    attributes.lastModifiedTime().toMillis());
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    private static int sizeOf(FileChannel channel, Path file) throws IOException {
        long bytes = channel.size();
        if (bytes > Integer.MAX_VALUE) {
            throw new CorruptLogException(file, "size is " + bytes + ", expected at most " + Integer.MAX_VALUE);
        }
        return (int) bytes;
    }

    private IndexFile openIndex(Disk disk, Path index, int keyBytes) throws IOException {
        try {
            return new IndexFile(disk, index, keyBytes);
        } catch (CorruptLogException e) {
            LOG.warn("{}; it will be rebuilt", e.getMessage());
            indexSuspect = true;
            Files.delete(index);
            return new IndexFile(disk, index, keyBytes);
        }
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

    int sizeInBytes() {
        return sizeInBytes;
    }

    /**
     * Checks that the file has not become shorter behind our back, so that sendfile can deliver what a response has promised.
     *
     * @throws CorruptLogException if it ends before {@code bytes}
     */
    void ensureHolds(long bytes) throws IOException {
        long found = channel.size();
        if (found < bytes) {
            throw new CorruptLogException(file, found, "file size", "at least " + bytes, found);
        }
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

    long maxTimestampMs() {
        return maxTimestampMs;
    }

    OffsetIndex offsetIndex() {
        return offsetIndex;
    }

    TimeIndex timeIndex() {
        return timeIndex;
    }

    /** Whether an index was missing, or caught pointing at something else than a batch. */
    boolean isIndexSuspect() {
        return indexSuspect;
    }

    /** Whether the batches fit, by size, by room in the indexes, and by the width of a relative offset. */
    boolean hasRoomFor(int bytes, long lastOffset, LogConfig.Roll limits) {
        int size = sizeInBytes;
        // The time index keeps an entry free for the one that closes the segment.
        return size == 0
                || (size <= limits.segmentBytesMax() - bytes
                        && lastOffset - baseOffset <= Integer.MAX_VALUE
                        && offsetIndex.file().count() < limits.indexBytesMax() / OffsetIndex.ENTRY_BYTES
                        && timeIndex.file().count() < limits.indexBytesMax() / TimeIndex.ENTRY_BYTES - 1);
    }

    /** Writes whole batches at the end; they can be read once this returns. */
    void append(ByteBuffer batches, int indexIntervalBytes, long nowMs) throws IOException {
        int position = sizeInBytes;
        Channels.writeFully(channel, batches.duplicate(), position);
        for (RecordBatch batch : RecordBatches.of(batches)) {
            index(batch.lastOffset(), batch.maxTimestampMs(), position, indexIntervalBytes);
            position += batch.sizeInBytes();
            bytesSinceIndexEntry += batch.sizeInBytes();
        }
        lastAppendedMs = nowMs;
        sizeInBytes = position;
    }

    /** Takes the current batch of a scan into the indexes. */
    void index(BatchScan scan, int indexIntervalBytes) throws IOException {
        index(scan.lastOffset(), scan.maxTimestampMs(), scan.position(), indexIntervalBytes);
        bytesSinceIndexEntry += scan.sizeInBytes();
    }

    private void index(long lastOffset, long batchMaxTimestampMs, int position, int indexIntervalBytes)
            throws IOException {
        if (batchMaxTimestampMs > maxTimestampMs) {
            offsetOfMaxTimestamp = lastOffset;
            maxTimestampMs = batchMaxTimestampMs;
        }
        if (bytesSinceIndexEntry > indexIntervalBytes) {
            offsetIndex.append(lastOffset, position);
            timeIndex.append(maxTimestampMs, offsetOfMaxTimestamp);
            bytesSinceIndexEntry = 0;
        }
    }

    /** Position of the first batch that ends at or after {@code offset}, or {@code limit} if none starts before it. */
    int positionOf(long offset, int limit) throws IOException {
        OffsetIndex.Entry entry = offsetIndex.floor(offset);
        if (entry != null && entry.position() > 0 && entry.position() < limit) {
            BatchScan scan = BatchScan.headers(channel, entry.position(), limit);
            if (scan.next() && scan.lastOffset() == entry.lastOffset()) {
                return positionIn(scan, true, offset, limit);
            }
            suspectIndex(entry);
        }
        BatchScan scan = BatchScan.headers(channel, 0, limit);
        return positionIn(scan, scan.next(), offset, limit);
    }

    private int positionIn(BatchScan scan, boolean atBatch, long offset, int limit) throws IOException {
        boolean found = atBatch;
        while (found && scan.lastOffset() < offset) {
            found = scan.next();
        }
        scan.ensureSound(file);
        return found ? scan.position() : limit;
    }

    private void suspectIndex(OffsetIndex.Entry entry) {
        if (!indexSuspect) {
            LOG.warn(
                    "{}: no batch with last offset {} at byte {}; the index will be rebuilt",
                    offsetIndex.file().path(),
                    entry.lastOffset(),
                    entry.position());
        }
        indexSuspect = true;
    }

    /** Builds both indexes anew from the headers, up to the segment's size. Lookups must be kept out meanwhile. */
    void rebuildIndexes(int indexIntervalBytes) throws IOException {
        resetIndexes();
        BatchScan scan = BatchScan.headers(channel, 0, sizeInBytes);
        while (scan.next()) {
            index(scan, indexIntervalBytes);
        }
        scan.ensureSound(file);
        indexSuspect = false;
    }

    /** Empties both indexes, and forgets what was derived from them. */
    void resetIndexes() throws IOException {
        offsetIndex.file().truncate(0);
        timeIndex.file().truncate(0);
        maxTimestampMs = RecordBatch.NO_TIMESTAMP;
        offsetOfMaxTimestamp = baseOffset;
        bytesSinceIndexEntry = 0;
        indexSuspect = false;
    }

    /** Cuts the file at a batch, and the indexes with it. Lookups must be kept out meanwhile. */
    void truncate(int position, long nextOffset) throws IOException {
        sizeInBytes = position;
        channel.truncate(position);
        offsetIndex.file().truncateValuesFrom(position);
        timeIndex.file().truncateValuesFrom(nextOffset - baseOffset);
        refreshMaxTimestamp();
    }

    /** Sets size only: recovery has built the indexes as it went. */
    void truncateFile(int position) throws IOException {
        sizeInBytes = position;
        channel.truncate(position);
    }

    /** Recomputes what the batches behind the last index entries tell, after opening or truncating. */
    void refreshMaxTimestamp() throws IOException {
        TimeIndex.Entry newest = timeIndex.last();
        maxTimestampMs = newest == null ? RecordBatch.NO_TIMESTAMP : newest.timestampMs();
        offsetOfMaxTimestamp = newest == null ? baseOffset : newest.lastOffset();
        OffsetIndex.Entry last = offsetIndex.last();
        int from = last == null ? 0 : last.position();
        BatchScan scan = BatchScan.headers(channel, from, sizeInBytes);
        while (scan.next()) {
            if (scan.maxTimestampMs() > maxTimestampMs) {
                maxTimestampMs = scan.maxTimestampMs();
                offsetOfMaxTimestamp = scan.lastOffset();
            }
        }
        scan.ensureSound(file);
        bytesSinceIndexEntry = sizeInBytes - from;
    }

    /** Writes out the indexes, the time index with its last entry: the segment is closed or the process about to stop. */
    void completeIndexes() throws IOException {
        timeIndex.append(maxTimestampMs, offsetOfMaxTimestamp);
        offsetIndex.file().write();
        timeIndex.file().write();
    }

    /** Forces the batches. */
    void force() throws IOException {
        Disk.force(channel, file, false);
    }

    /** Forces the indexes of a closed segment, which recovery will not look into again. */
    void forceIndexes() throws IOException {
        offsetIndex.file().force();
        timeIndex.file().force();
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

    /** Undoes one {@link #retain}, or lets go of the log's own reference; the last one closes the files. */
    void release() {
        if (references.decrementAndGet() == 0) {
            try {
                channel.close();
                offsetIndex.file().close();
                timeIndex.file().close();
            } catch (IOException e) {
                LOG.warn("{} does not close: {}", file, e.toString());
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
        for (IndexFile index : List.of(offsetIndex.file(), timeIndex.file())) {
            try {
                if (Files.exists(index.path())) {
                    renamed.add(markDeleted(index.path()));
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
    public @Nullable String toString() {
        return file.toString();
    }
}
