package io.tailrace.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a disk from filling up. Asks the file system only now and then: each answer buys half of what is free above
 * the floor, at most {@link #BUDGET_BYTES_MAX}. While the disk is full, every append asks.
 */
final class DiskGuard {
    private static final Logger LOG = LoggerFactory.getLogger(DiskGuard.class);
    private static final long BUDGET_BYTES_MAX = 64L << 20;

    private final Disk disk;
    private final Path directory;
    private final long freeBytesMin;
    private final AtomicLong budgetBytes = new AtomicLong();
    private volatile boolean isFull;

    DiskGuard(Disk disk, Path directory, long freeBytesMin) {
        this.disk = disk;
        this.directory = directory;
        this.freeBytesMin = freeBytesMin;
    }

    /** Whether so many bytes can be written and leave the floor free. */
    boolean admits(long bytes) throws IOException {
        return budgetBytes.addAndGet(-bytes) >= 0 || ask(bytes);
    }

    private synchronized boolean ask(long bytes) throws IOException {
        long spareBytes = disk.usableBytes(directory) - freeBytesMin;
        boolean fits = spareBytes >= bytes;
        if (fits == isFull) {
            isFull = !fits;
            if (fits) {
                LOG.info("{}: appends are taken again, {} bytes above the floor are free", directory, spareBytes);
            } else {
                LOG.error("{}: appends are refused, less than {} bytes are free", directory, freeBytesMin + bytes);
            }
        }
        budgetBytes.set(fits ? Math.min(spareBytes / 2, BUDGET_BYTES_MAX) - bytes : 0);
        return fits;
    }

    /** Whether the disk has, now, less free than the floor and {@code bytes} more. */
    boolean isFullFor(long bytes) throws IOException {
        return !ask(bytes);
    }
}
