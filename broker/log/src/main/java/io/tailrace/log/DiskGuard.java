package io.tailrace.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Refuses appends before the disk is full. Most appends do not query the file system: each query grants a budget of half the free
 * space above the floor, at most {@link #BUDGET_BYTES_MAX}. While the disk is full, every append queries. Others may use up the
 * space in between: the first append that fails for want of space ends the budget. Thread-safe.
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

    /** Whether {@code bytes} can be written without going below the floor. */
    boolean admits(long bytes) throws IOException {
        return budgetBytes.addAndGet(-bytes) >= 0 || query(bytes);
    }

    /** Reports that a write found no space: the next append queries. */
    void ranOut() {
        budgetBytes.set(0);
    }

    private synchronized boolean query(long bytes) throws IOException {
        long spareBytes = disk.usableBytes(directory) - freeBytesMin;
        boolean fits = spareBytes >= bytes;
        if (fits == isFull) {
            isFull = !fits;
            if (fits) {
                LOG.info(
                        "Disk has space again, appends are accepted: {}: {} bytes above the floor",
                        directory,
                        spareBytes);
            } else {
                LOG.error(
                        "Disk is full, appends are refused: {}: less than {} bytes free",
                        directory,
                        freeBytesMin + bytes);
            }
        }
        budgetBytes.set(fits ? Math.min(spareBytes / 2, BUDGET_BYTES_MAX) - bytes : 0);
        return fits;
    }
}
