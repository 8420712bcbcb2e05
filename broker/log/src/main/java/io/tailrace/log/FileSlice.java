package io.tailrace.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A slice of a segment's file, for sendfile.
 *
 * <p>The file stays open until {@link #close}, even if retention deletes it. When the slice was made, the file held all of
 * its bytes. A truncation may remove or replace them later, so a transfer can still come up short; whole batches are
 * protected by their checksums.
 *
 * <p>The channel belongs to the segment: transfer from it, but never close it. (A Netty {@code DefaultFileRegion} closes its
 * channel when it is released; override {@code deallocate} to close the slice instead.) Use positional reads only.
 * Thread-safe. Closing is idempotent.
 */
public final class FileSlice implements LogSlice {
    private static final FileSlice EMPTY = new FileSlice(null, 0, 0);

    private volatile @Nullable Segment segment;
    private final long position;
    private final int sizeInBytes;

    private FileSlice(@Nullable Segment segment, long position, int sizeInBytes) {
        this.segment = segment;
        this.position = position;
        this.sizeInBytes = sizeInBytes;
    }

    /** A slice without bytes. */
    static FileSlice empty() {
        return EMPTY;
    }

    /** A part of a segment that the caller has retained. */
    static FileSlice of(Segment retained, long position, int sizeInBytes) {
        return new FileSlice(retained, position, sizeInBytes);
    }

    @Override
    public boolean isEmpty() {
        return sizeInBytes == 0;
    }

    @Override
    public int sizeInBytes() {
        return sizeInBytes;
    }

    /** Position in {@link #channel} at which the slice starts. */
    public long position() {
        return position;
    }

    /**
     * Path of the file.
     *
     * @throws IllegalStateException if the slice is empty or closed
     */
    public Path file() {
        return open().file();
    }

    /**
     * The file that contains the slice.
     *
     * @throws IllegalStateException if the slice is empty or closed
     */
    public FileChannel channel() {
        return open().channel();
    }

    /** The segment that contains the slice. */
    Segment segment() {
        return open();
    }

    private Segment open() {
        Segment open = segment;
        if (open == null) {
            throw new IllegalStateException("an empty or closed slice has no file");
        }
        return open;
    }

    @Override
    public int read(ByteBuffer target, int from) throws IOException {
        int count = Math.min(target.remaining(), sizeInBytes - from);
        if (count <= 0) {
            return 0;
        }
        ByteBuffer window = target.slice(target.position(), count);
        Channels.readFully(channel(), window, position + from);
        target.position(target.position() + count);
        return count;
    }

    @Override
    public synchronized void close() {
        Segment open = segment;
        segment = null;
        if (open != null) {
            open.release();
        }
    }
}
