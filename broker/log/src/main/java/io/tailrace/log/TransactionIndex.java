package io.tailrace.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The aborted transactions whose markers are in one segment, in the order of their markers ({@code docs/format.md}).
 *
 * <p>The newest entries are kept in memory and written in blocks. What a crash loses is rebuilt from the batches behind the producers'
 * snapshot, so no snapshot is written before the entries below it are {@linkplain #force forced}. There is no file without an
 * entry, except for a segment that compaction has written. Thread-safe.
 */
final class TransactionIndex {
    private static final Logger LOG = LoggerFactory.getLogger(TransactionIndex.class);

    static final int ENTRY_BYTES = 34;
    private static final short VERSION = 0;
    /** Entries in memory before a block is written. */
    private static final int BLOCK_ENTRIES = 128;

    private final Disk disk;
    private final Path path;
    private @Nullable FileChannel channel;
    /** Entries in the file. */
    private int written;

    private final List<AbortedTransaction> unwritten = new ArrayList<>();
    private volatile int count;
    /** Whether there are entries that were not forced. */
    private volatile boolean isDirty;

    private TransactionIndex(Disk disk, Path path, @Nullable FileChannel channel, int written) {
        this.disk = disk;
        this.path = path;
        this.channel = channel;
        this.written = written;
        this.count = written;
    }

    /** Opens an index. A missing file counts as empty. What a crash left behind the last whole entry does not count. */
    static TransactionIndex open(Disk disk, Path path) throws IOException {
        if (!Files.exists(path)) {
            return new TransactionIndex(disk, path, null, 0);
        }
        FileChannel channel = disk.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            TransactionIndex index =
                    new TransactionIndex(disk, path, channel, Math.toIntExact(channel.size() / ENTRY_BYTES));
            index.count = index.soundEntries();
            index.written = index.count;
            return index;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** The number of entries before the first one that cannot have been written as it is. */
    private int soundEntries() throws IOException {
        long previous = -1;
        for (int i = 0; i < written; i++) {
            AbortedTransaction each = parse(i);
            if (each == null
                    || each.firstOffset() < 0
                    || each.firstOffset() >= each.markerOffset()
                    || each.markerOffset() <= previous) {
                LOG.warn("Index of aborted transactions ends early: {}: entry {} of {}", path, i, written);
                return i;
            }
            previous = each.markerOffset();
        }
        return written;
    }

    /**
     * Creates an empty index under a temporary name. The file stays open, so that it can be renamed.
     *
     * @param path the name that it will get
     */
    static TransactionIndex create(Disk disk, Path temporary, Path path) throws IOException {
        return new TransactionIndex(disk, path, disk.open(temporary, IndexFile.NEW_FILE), 0);
    }

    Path path() {
        return path;
    }

    boolean isDirty() {
        return isDirty;
    }

    /**
     * Adds a transaction whose marker has just been written.
     *
     * @throws IOException if the disk has failed; without space, entries stay in memory
     */
    synchronized void append(AbortedTransaction aborted) throws IOException {
        unwritten.add(aborted);
        isDirty = true;
        count = written + unwritten.size();
        if (unwritten.size() % BLOCK_ENTRIES == 0) {
            try {
                write();
            } catch (IOException e) {
                if (FailureScope.of(e, path) == FailureScope.DIRECTORY) {
                    throw e;
                }
                LOG.warn(
                        "Index of aborted transactions not written, a later sync tries again: {}: {}",
                        path,
                        e.toString());
            }
        }
    }

    /**
     * Adds the transactions of this index that overlap a range of offsets.
     *
     * @param from first offset, inclusive
     * @param to last offset, exclusive
     * @return whether no later index can have another one
     */
    boolean collect(long from, long to, List<AbortedTransaction> found) throws IOException {
        if (count == 0) {
            return false;
        }
        synchronized (this) {
            for (int i = firstEndingAt(from); i < count; i++) {
                AbortedTransaction aborted = entry(i);
                if (aborted.firstOffset() < to) {
                    found.add(aborted);
                }
                if (aborted.lastStableOffset() >= to) {
                    return true;
                }
            }
            return false;
        }
    }

    /** The index of the first entry whose marker is at or above an offset. */
    private int firstEndingAt(long offset) throws IOException {
        int low = 0;
        int high = count;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (entry(middle).markerOffset() < offset) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private AbortedTransaction entry(int index) throws IOException {
        if (index >= written) {
            return unwritten.get(index - written);
        }
        AbortedTransaction entry = parse(index);
        if (entry == null) {
            throw new CorruptLogException(path, (long) index * ENTRY_BYTES, "unknown version");
        }
        return entry;
    }

    /** An entry in the file; null if its version is unknown. */
    private @Nullable AbortedTransaction parse(int index) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(ENTRY_BYTES);
        Channels.readFully(channel(), bytes, (long) index * ENTRY_BYTES);
        return bytes.flip().getShort() == VERSION
                ? new AbortedTransaction(bytes.getLong(), bytes.getLong(), bytes.getLong(), bytes.getLong())
                : null;
    }

    /** Drops the entries whose markers are at or above an offset. */
    synchronized void truncate(long offset) throws IOException {
        int kept = firstEndingAt(offset);
        if (kept < written) {
            channel().truncate((long) kept * ENTRY_BYTES);
            written = kept;
            unwritten.clear();
            // A snapshot must not be written above an entry that may come back.
            isDirty = true;
        } else {
            unwritten.subList(kept - written, unwritten.size()).clear();
        }
        count = kept;
    }

    private void write() throws IOException {
        if (unwritten.isEmpty()) {
            return;
        }
        ByteBuffer bytes = ByteBuffer.allocate(unwritten.size() * ENTRY_BYTES);
        for (AbortedTransaction each : unwritten) {
            bytes.putShort(VERSION)
                    .putLong(each.producerId())
                    .putLong(each.firstOffset())
                    .putLong(each.markerOffset())
                    .putLong(each.lastStableOffset());
        }
        Channels.writeFully(channel(), bytes.flip(), (long) written * ENTRY_BYTES);
        written += unwritten.size();
        unwritten.clear();
    }

    /** Writes and forces all entries, if there are new ones. */
    synchronized void force() throws IOException {
        if (isDirty) {
            write();
            Disk.force(channel(), path, true);
            isDirty = false;
        }
    }

    synchronized void close() throws IOException {
        FileChannel open = channel;
        if (open != null) {
            open.close();
        }
    }

    private FileChannel channel() throws IOException {
        FileChannel open = channel;
        if (open == null) {
            open = disk.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE);
            channel = open;
        }
        return open;
    }
}
