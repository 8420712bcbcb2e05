package io.tailrace.log;

import io.tailrace.protocol.record.RecordBatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The two indexes of a segment, and the greatest timestamp, which is derived from them and from the batches behind their last
 * entries. Changed under the log's append lock, read by any thread.
 *
 * <p>An index is a hint: readers check the batch that an entry points to, and the index can be rebuilt from the segment at any
 * time. So an append does not fail if an index cannot be written.
 */
final class SegmentIndexes {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentIndexes.class);

    private final Path directory;
    private final long baseOffset;
    private final OffsetIndex offsetIndex;
    private final TimeIndex timeIndex;

    private volatile long maxTimestampMs = RecordBatch.NO_TIMESTAMP;
    private volatile boolean isSuspect;
    /** Whether a problem was logged since both indexes were last complete and written. */
    private volatile boolean isWarned;
    /** Last offset of the batch with the greatest timestamp. Guarded by the append lock. */
    private long offsetOfMaxTimestamp;
    /** Guarded by the append lock. */
    private int bytesSinceEntry;

    private SegmentIndexes(Path directory, long baseOffset, IndexFile offsets, IndexFile times) throws IOException {
        this.directory = directory;
        this.baseOffset = baseOffset;
        this.offsetIndex = new OffsetIndex(offsets, baseOffset);
        this.timeIndex = new TimeIndex(times, baseOffset);
        takeMaxTimestamp();
    }

    /** Opens the indexes of a segment, whatever their state. A missing one counts as empty and is to be rebuilt. */
    static SegmentIndexes open(Disk disk, Path directory, long baseOffset) throws IOException {
        Path offsets = LogFiles.of(directory, baseOffset, LogFiles.INDEX);
        Path times = LogFiles.of(directory, baseOffset, LogFiles.TIME_INDEX);
        IndexFile offsetFile = openOrReplace(disk, offsets, OffsetIndex.KEY_BYTES);
        IndexFile timeFile = openOrReplace(disk, times, TimeIndex.KEY_BYTES);
        SegmentIndexes indexes = new SegmentIndexes(directory, baseOffset, offsetFile, timeFile);
        indexes.isSuspect = !Files.exists(offsets) || !Files.exists(times);
        return indexes;
    }

    /** Creates the indexes of a segment that is to take the place of others, under their temporary names. */
    static SegmentIndexes createCompacted(Disk disk, Path directory, long baseOffset, long compactedMs)
            throws IOException {
        IndexFile offsets = IndexFile.create(
                disk,
                LogFiles.compacted(directory, baseOffset, LogFiles.INDEX, compactedMs),
                LogFiles.of(directory, baseOffset, LogFiles.INDEX),
                OffsetIndex.KEY_BYTES);
        try {
            IndexFile times = IndexFile.create(
                    disk,
                    LogFiles.compacted(directory, baseOffset, LogFiles.TIME_INDEX, compactedMs),
                    LogFiles.of(directory, baseOffset, LogFiles.TIME_INDEX),
                    TimeIndex.KEY_BYTES);
            return new SegmentIndexes(directory, baseOffset, offsets, times);
        } catch (IOException e) {
            offsets.close();
            throw e;
        }
    }

    private static IndexFile openOrReplace(Disk disk, Path index, int keyBytes) throws IOException {
        try {
            return new IndexFile(disk, index, keyBytes);
        } catch (CorruptLogException e) {
            LOG.warn("Index is damaged and will be rebuilt: {}", e.getMessage());
            Files.delete(index);
            return new IndexFile(disk, index, keyBytes);
        }
    }

    private void takeMaxTimestamp() throws IOException {
        TimeIndex.Entry newest = timeIndex.last();
        maxTimestampMs = newest == null ? RecordBatch.NO_TIMESTAMP : newest.timestampMs();
        offsetOfMaxTimestamp = newest == null ? baseOffset : newest.lastOffset();
    }

    OffsetIndex offsetIndex() {
        return offsetIndex;
    }

    TimeIndex timeIndex() {
        return timeIndex;
    }

    /** The files of both indexes. */
    List<Path> paths() {
        return List.of(offsetIndex.file().path(), timeIndex.file().path());
    }

    long maxTimestampMs() {
        return maxTimestampMs;
    }

    /** Whether an index is missing, incomplete, or was found to point at something that is not a batch. */
    boolean isSuspect() {
        return isSuspect;
    }

    /** Notes that an entry points at something that is not its batch. */
    void suspect(OffsetIndex.Entry entry) {
        warnOnce(
                "Index points at no batch with last offset {} at byte {} and will be rebuilt: {}",
                entry.lastOffset(),
                entry.position(),
                offsetIndex.file().path());
        isSuspect = true;
    }

    private void warnOnce(String message, Object... arguments) {
        if (!isWarned) {
            isWarned = true;
            LOG.warn(message, arguments);
        }
    }

    boolean isWarned() {
        return isWarned;
    }

    /** Notes that entries are missing. */
    void markIncomplete() {
        isSuspect = true;
    }

    /** Whether both indexes can take another entry. The time index keeps one free for closing the segment. */
    boolean hasRoom(int indexBytesMax) {
        return offsetIndex.file().count() < indexBytesMax / OffsetIndex.ENTRY_BYTES
                && timeIndex.file().count() < indexBytesMax / TimeIndex.ENTRY_BYTES - 1;
    }

    /**
     * Adds a batch. If the indexes cannot be written, they miss entries until they are rebuilt.
     *
     * @throws IOException if the disk has failed
     */
    void add(RecordBatch batch, int position, int indexIntervalBytes) throws IOException {
        orMarkIncomplete(() -> add(batch.lastOffset(), batch.maxTimestampMs(), position, indexIntervalBytes));
        bytesSinceEntry += batch.sizeInBytes();
    }

    /** Adds the current batch of a scan in the same way. */
    void add(BatchScan scan, int indexIntervalBytes) throws IOException {
        orMarkIncomplete(() -> add(scan.lastOffset(), scan.maxTimestampMs(), scan.position(), indexIntervalBytes));
        bytesSinceEntry += scan.sizeInBytes();
    }

    private void orMarkIncomplete(ThrowingRunnable<IOException> write) throws IOException {
        try {
            write.run();
        } catch (IOException e) {
            if (FailureScope.of(e, directory) == FailureScope.DIRECTORY) {
                throw e;
            }
            warnOnce(
                    "Index not written and will be rebuilt: {}: {}",
                    offsetIndex.file().path(),
                    e.toString());
            markIncomplete();
            bytesSinceEntry = 0;
        }
    }

    private void add(long lastOffset, long batchMaxTimestampMs, int position, int indexIntervalBytes)
            throws IOException {
        if (batchMaxTimestampMs > maxTimestampMs) {
            offsetOfMaxTimestamp = lastOffset;
            maxTimestampMs = batchMaxTimestampMs;
        }
        if (bytesSinceEntry > indexIntervalBytes) {
            offsetIndex.append(lastOffset, position);
            timeIndex.append(maxTimestampMs, offsetOfMaxTimestamp);
            bytesSinceEntry = 0;
        }
    }

    /** Empties both indexes and creates their files. */
    void create() throws IOException {
        reset();
        offsetIndex.file().createFile();
        timeIndex.file().createFile();
    }

    /** Empties both indexes, and drops the values derived from them. */
    void reset() throws IOException {
        offsetIndex.file().truncate(0);
        timeIndex.file().truncate(0);
        takeMaxTimestamp();
        bytesSinceEntry = 0;
        isSuspect = false;
    }

    /** Drops the entries of batches at or behind a position and offset. No lookup may run. */
    void truncate(int position, long nextOffset) throws IOException {
        offsetIndex.file().truncateValuesFrom(position);
        timeIndex.file().truncateValuesFrom(nextOffset - baseOffset);
    }

    /** Reads the batches behind the last entries, after opening or truncating. */
    void refresh(Segment segment) throws IOException {
        takeMaxTimestamp();
        OffsetIndex.Entry last = offsetIndex.last();
        int from = last == null ? 0 : last.position();
        BatchScan scan = BatchScan.headers(segment.channel(), from, segment.sizeInBytes());
        while (scan.next()) {
            if (scan.maxTimestampMs() > maxTimestampMs) {
                maxTimestampMs = scan.maxTimestampMs();
                offsetOfMaxTimestamp = scan.lastOffset();
            }
        }
        scan.ensureSound(segment.file());
        bytesSinceEntry = segment.sizeInBytes() - from;
    }

    /** Writes the entries that are only in memory. */
    void write() throws IOException {
        orMarkIncomplete(this::writeBoth);
    }

    private void writeBoth() throws IOException {
        offsetIndex.file().write();
        timeIndex.file().write();
        isWarned &= isSuspect;
    }

    /** Adds the last entry of the time index and writes both indexes, when the segment is closed or the process stops. */
    void complete() throws IOException {
        orMarkIncomplete(() -> {
            timeIndex.append(maxTimestampMs, offsetOfMaxTimestamp);
            writeBoth();
        });
    }

    /** Forces the indexes of a closed segment, which recovery will not read again. */
    void force() throws IOException {
        offsetIndex.file().force();
        timeIndex.file().force();
    }

    void close() throws IOException {
        offsetIndex.file().close();
        timeIndex.file().close();
    }
}
