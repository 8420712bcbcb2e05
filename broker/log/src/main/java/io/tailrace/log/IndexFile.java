package io.tailrace.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * A sorted file of fixed-size entries: a key of 4 or 8 bytes and a value of 4 bytes. Keys and values both ascend.
 *
 * <p>The newest entries are kept in memory and written in blocks; entries lost in a crash are rebuilt from the segment. The file
 * is read and written by position, never mapped: writing to a mapped file on a full disk kills the process, and so does reading a
 * mapped file that was cut.
 *
 * <p>One thread appends and truncates; any number of threads look up. A lookup that overlaps a truncation may return a wrong
 * entry or throw an {@link IOException}; the caller repeats it ({@link OptimisticReadLock}).
 */
final class IndexFile {
    /** An entry. */
    record Entry(long key, int value) {}

    /** Entries in memory before a block is written. */
    static final int TAIL_ENTRIES = 128;

    /** The options to create a file that a failed attempt may have left behind. */
    static final OpenOption[] NEW_FILE = {
        StandardOpenOption.READ,
        StandardOpenOption.WRITE,
        StandardOpenOption.CREATE,
        StandardOpenOption.TRUNCATE_EXISTING
    };

    private static final int VALUE_BYTES = 4;

    private final Disk disk;
    private final int keyBytes;
    private final int entryBytes;
    private final Path path;
    private volatile @Nullable FileChannel channel;
    private volatile Content content;

    /**
     * All entries at one moment, replaced as a whole. Each slot of a tail is written once, before it becomes part of the content.
     *
     * @param count number of entries
     * @param tailFrom the first entry in memory; earlier ones are in the file
     * @param tail the entries from {@code tailFrom} on
     */
    private record Content(int count, int tailFrom, ByteBuffer tail) {
        int tailCount() {
            return count - tailFrom;
        }
    }

    /**
     * Opens an index. A missing file counts as empty.
     *
     * @throws CorruptLogException if the file does not hold whole entries
     */
    IndexFile(Disk disk, Path path, int keyBytes) throws IOException {
        this.disk = disk;
        this.path = path;
        this.keyBytes = keyBytes;
        this.entryBytes = keyBytes + VALUE_BYTES;
        long bytes = Files.exists(path) ? Files.size(path) : 0;
        if (bytes % entryBytes != 0 || bytes > Integer.MAX_VALUE) {
            throw new CorruptLogException(path, "size is " + bytes + ", expected a multiple of " + entryBytes);
        }
        int count = (int) (bytes / entryBytes);
        this.content = new Content(count, count, newTail());
    }

    private IndexFile(Disk disk, Path path, int keyBytes, FileChannel empty) {
        this.disk = disk;
        this.path = path;
        this.keyBytes = keyBytes;
        this.entryBytes = keyBytes + VALUE_BYTES;
        this.channel = empty;
        this.content = new Content(0, 0, newTail());
    }

    /**
     * Creates an empty index under a temporary name. The file stays open, so that it can be renamed.
     *
     * @param path the name that it will get
     */
    static IndexFile create(Disk disk, Path temporary, Path path, int keyBytes) throws IOException {
        return new IndexFile(disk, path, keyBytes, disk.open(temporary, NEW_FILE));
    }

    private ByteBuffer newTail() {
        return ByteBuffer.allocate(TAIL_ENTRIES * entryBytes);
    }

    int count() {
        return content.count;
    }

    void append(long key, int value) throws IOException {
        Content current = content;
        if (current.tailCount() == TAIL_ENTRIES) {
            write();
            current = new Content(current.count, current.count, newTail());
        }
        int at = current.tailCount() * entryBytes;
        if (keyBytes == Long.BYTES) {
            current.tail.putLong(at, key);
        } else {
            current.tail.putInt(at, (int) key);
        }
        current.tail.putInt(at + keyBytes, value);
        content = new Content(current.count + 1, current.tailFrom, current.tail);
    }

    /** The last entry whose key is at most {@code key}, or null. */
    @Nullable
    Entry floor(long key) throws IOException {
        Content current = content;
        if (current.tailCount() > 0 && keyAt(current.tail, 0) <= key) {
            return floorIn(current.tail, current.tailCount(), key);
        }
        int low = 0;
        int high = current.tailFrom;
        ByteBuffer page = ThreadBuffers.page();
        int pageEntries = page.capacity() / entryBytes;
        while (high - low > pageEntries) {
            int middle = (low + high) >>> 1;
            read(page, middle, 1);
            if (keyAt(page, 0) <= key) {
                low = middle;
            } else {
                high = middle;
            }
        }
        read(page, low, high - low);
        return floorIn(page, high - low, key);
    }

    private @Nullable Entry floorIn(ByteBuffer entries, int size, long key) {
        int low = 0;
        int high = size;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (keyAt(entries, middle) <= key) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low == 0 ? null : entryAt(entries, low - 1);
    }

    /** The last entry, or null. */
    @Nullable
    Entry last() throws IOException {
        Content current = content;
        return current.count == 0 ? null : entry(current, current.count - 1);
    }

    private Entry entry(Content current, int slot) throws IOException {
        if (slot >= current.tailFrom) {
            return entryAt(current.tail, slot - current.tailFrom);
        }
        ByteBuffer page = ThreadBuffers.page();
        read(page, slot, 1);
        return entryAt(page, 0);
    }

    /** The first entry whose value is at least {@code valueMin}, or null. */
    @Nullable
    Entry ceilingOfValue(long valueMin) throws IOException {
        Content current = content;
        int slot = slotOfValue(current, valueMin);
        return slot == current.count ? null : entry(current, slot);
    }

    /** Drops the entries whose value is at least {@code valueMin}. */
    void truncateValuesFrom(long valueMin) throws IOException {
        truncate(slotOfValue(content, valueMin));
    }

    private int slotOfValue(Content current, long valueMin) throws IOException {
        int low = 0;
        int high = current.count;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (entry(current, middle).value < valueMin) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** Keeps the first {@code count} entries. Needs no space. */
    void truncate(int count) throws IOException {
        Content longer = content;
        if (count == longer.count && count > 0) {
            return;
        }
        ByteBuffer tail = newTail();
        if (count > longer.tailFrom) {
            tail.put(0, longer.tail, 0, (count - longer.tailFrom) * entryBytes);
        }
        content = new Content(count, Math.min(count, longer.tailFrom), tail);
        if (count > 0 || Files.exists(path)) {
            open().truncate((long) count * entryBytes);
        }
    }

    /** Writes the entries that are only in memory. */
    void write() throws IOException {
        Content current = content;
        if (current.tailCount() > 0) {
            ByteBuffer bytes = current.tail.duplicate().position(0).limit(current.tailCount() * entryBytes);
            Channels.writeFully(open(), bytes, (long) current.tailFrom * entryBytes);
        }
    }

    /** Writes and forces. An empty index gets a file, too. */
    void force() throws IOException {
        write();
        Disk.force(open(), path, false);
    }

    /** Creates the file, for tools that expect one. */
    void createFile() throws IOException {
        open();
    }

    Path path() {
        return path;
    }

    synchronized void close() throws IOException {
        FileChannel open = channel;
        if (open != null) {
            open.close();
        }
    }

    private long keyAt(ByteBuffer entries, int index) {
        int at = index * entryBytes;
        return keyBytes == Long.BYTES ? entries.getLong(at) : entries.getInt(at);
    }

    private Entry entryAt(ByteBuffer entries, int index) {
        return new Entry(keyAt(entries, index), entries.getInt(index * entryBytes + keyBytes));
    }

    private void read(ByteBuffer target, int slot, int entries) throws IOException {
        target.clear().limit(entries * entryBytes);
        if (entries > 0) {
            Channels.readFully(open(), target, (long) slot * entryBytes);
        }
    }

    private FileChannel open() throws IOException {
        FileChannel open = channel;
        return open != null ? open : openNow();
    }

    private synchronized FileChannel openNow() throws IOException {
        FileChannel open = channel;
        if (open == null) {
            open = disk.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE);
            channel = open;
        }
        return open;
    }
}
