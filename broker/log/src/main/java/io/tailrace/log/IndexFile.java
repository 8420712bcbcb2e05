package io.tailrace.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * A sorted file of entries of one size: a key of 4 or 8 bytes, and a 4-byte value. Both only grow.
 *
 * <p>The newest entries are kept in memory and written a block at a time: what a crash takes is rebuilt from the
 * segment. The file is read and written by position, never mapped: a mapped file that cannot be written (disk full)
 * takes the process down, and one that is cut off does too.
 *
 * <p>One thread appends, any number look up. A slot is written once between truncations, and is visible once
 * {@link #count} covers it; {@link #truncate} must not overlap with lookups.
 */
final class IndexFile {
    /** An entry. */
    record Entry(long key, int value) {}

    private static final int TAIL_ENTRIES = 128;
    private static final int VALUE_BYTES = 4;

    private final Disk disk;
    private final int keyBytes;
    private final int entryBytes;
    private final Path path;
    private volatile @Nullable FileChannel channel;
    /** Replaced before {@link #count} passes its end; read after it. */
    private volatile Tail tail;

    private volatile int count;

    /** Entries from {@code first} on, in memory. */
    private record Tail(int first, ByteBuffer entries) {}

    /**
     * Opens an index; a file that is not there is an empty one.
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
        this.count = (int) (bytes / entryBytes);
        this.tail = newTail(count);
    }

    private Tail newTail(int first) {
        return new Tail(first, ByteBuffer.allocate(TAIL_ENTRIES * entryBytes));
    }

    int count() {
        return count;
    }

    void append(long key, int value) throws IOException {
        int slot = count;
        if (slot - tail.first == TAIL_ENTRIES) {
            write();
            tail = newTail(slot);
        }
        Tail current = tail;
        int at = (slot - current.first) * entryBytes;
        if (keyBytes == Long.BYTES) {
            current.entries.putLong(at, key);
        } else {
            current.entries.putInt(at, (int) key);
        }
        current.entries.putInt(at + keyBytes, value);
        count = slot + 1;
    }

    /** The last entry whose key is at most {@code key}, or null. */
    @Nullable
    Entry floor(long key) throws IOException {
        int entries = count;
        Tail newest = tail;
        if (entries > newest.first && keyAt(newest.entries, 0) <= key) {
            return floorIn(newest.entries, entries - newest.first, key);
        }
        int low = 0;
        int high = Math.min(entries, newest.first);
        ByteBuffer page = Scratch.page();
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

    /** The entry in a slot below {@link #count}. */
    Entry entry(int slot) throws IOException {
        Tail newest = tail;
        if (slot >= newest.first) {
            return entryAt(newest.entries, slot - newest.first);
        }
        ByteBuffer page = Scratch.page();
        read(page, slot, 1);
        return entryAt(page, 0);
    }

    /** Drops the entries whose value is at least {@code valueMin}. */
    void truncateValuesFrom(long valueMin) throws IOException {
        int low = 0;
        int high = count;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (entry(middle).value < valueMin) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        truncate(low);
    }

    /** Keeps the first entries only. Needs no space. Lookups must be kept out meanwhile. */
    void truncate(int entries) throws IOException {
        if (entries == count && entries > 0) {
            return;
        }
        Tail longer = tail;
        Tail shorter = newTail(Math.min(entries, longer.first));
        if (entries > longer.first) {
            shorter.entries.put(0, longer.entries, 0, (entries - longer.first) * entryBytes);
        }
        count = entries;
        tail = shorter;
        if (entries > 0 || Files.exists(path)) {
            open().truncate((long) entries * entryBytes);
        }
    }

    /** Writes the entries that are in memory only. */
    void write() throws IOException {
        Tail newest = tail;
        int entries = count - newest.first;
        if (entries > 0) {
            ByteBuffer bytes = newest.entries.duplicate().position(0).limit(entries * entryBytes);
            Channels.writeFully(open(), bytes, (long) newest.first * entryBytes);
        }
    }

    /** Writes and forces. An empty index is a file too. */
    void force() throws IOException {
        write();
        Disk.force(open(), path, false);
    }

    /** Makes the file be there, for tools that expect one. */
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
