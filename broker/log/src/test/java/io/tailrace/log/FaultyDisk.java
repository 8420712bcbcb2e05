package io.tailrace.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A disk that syncs nothing and fails on demand. Everything else is passed to the real disk. */
final class FaultyDisk implements Disk {
    /** Syncs of files so far. */
    final AtomicInteger syncs = new AtomicInteger();

    /** Opens when a sync has reached the gate. */
    final CountDownLatch atGate = new CountDownLatch(1);

    volatile long usableBytes = Long.MAX_VALUE / 2;
    volatile boolean forceFails;
    volatile boolean readFails;
    volatile boolean writeFails;
    /** Bytes that can be written before the disk is full. */
    final AtomicLong spaceBytes = new AtomicLong(Long.MAX_VALUE / 2);
    /** Greatest number of bytes in one write. */
    volatile int writeBytesMax = Integer.MAX_VALUE;
    /** If set, this file cannot be opened. */
    volatile @Nullable Path openFails;
    /** If set, syncs wait for it. */
    volatile @Nullable CountDownLatch gate;

    @Override
    public FileChannel open(Path file, OpenOption... options) throws IOException {
        if (file.equals(openFails)) {
            throw new FileSystemException(file.toString(), null, "Too many open files");
        }
        return new FaultyChannel(Disk.REAL.open(file, options));
    }

    @Override
    public long usableBytes(Path directory) {
        return Math.min(usableBytes, spaceBytes.get());
    }

    private final class FaultyChannel extends ChannelFilter {
        FaultyChannel(FileChannel real) {
            super(real);
        }

        @Override
        public int write(ByteBuffer source, long position) throws IOException {
            if (writeFails) {
                throw new IOException("Input/output error");
            }
            int count = (int) Math.min(source.remaining(), Math.min(writeBytesMax, spaceBytes.get()));
            if (count == 0 && source.hasRemaining()) {
                throw new IOException("No space left on device");
            }
            int written = super.write(source.slice(source.position(), count), position);
            source.position(source.position() + written);
            spaceBytes.addAndGet(-written);
            return written;
        }

        @Override
        public void force(boolean metaData) throws IOException {
            CountDownLatch closed = gate;
            if (closed != null) {
                atGate.countDown();
                try {
                    closed.await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
            }
            syncs.incrementAndGet();
            if (forceFails) {
                throw new IOException("Input/output error");
            }
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            if (readFails) {
                throw new IOException("Input/output error");
            }
            return super.read(target, position);
        }
    }
}
