package io.tailrace.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import org.jspecify.annotations.Nullable;

/**
 * Record batches as a piece of a segment's file, ready for sendfile. Starts at a batch; the last batch may be cut.
 *
 * <p>Holds the segment's file open until {@link #close}, whatever retention does meanwhile: a deleted file's bytes
 * stay readable through the open channel. After a truncation by a new leader epoch the bytes may be gone or be
 * others, so a transfer can come up short ({@link #transferTo}); whole batches are protected by their checksum.
 *
 * <p>The channel belongs to the segment: transfer from it, never close it (a Netty {@code DefaultFileRegion} closes
 * its channel when it is released: override {@code deallocate} to close the slice instead). Positional reads only.
 * Safe to read from several threads; close once is enough, more does no harm.
 */
public final class LogSlice implements AutoCloseable {
    private static final LogSlice EMPTY = new LogSlice(null, 0, 0);

    private volatile @Nullable Segment segment;
    private final long position;
    private final int sizeInBytes;

    private LogSlice(@Nullable Segment segment, long position, int sizeInBytes) {
        this.segment = segment;
        this.position = position;
        this.sizeInBytes = sizeInBytes;
    }

    /** Nothing to read. */
    static LogSlice empty() {
        return EMPTY;
    }

    /** A piece of a segment whose file the caller has retained. */
    static LogSlice of(Segment retained, long position, int sizeInBytes) {
        return new LogSlice(retained, position, sizeInBytes);
    }

    /** Whether there is nothing to read. */
    public boolean isEmpty() {
        return sizeInBytes == 0;
    }

    /** Bytes of the slice. */
    public int sizeInBytes() {
        return sizeInBytes;
    }

    /** Where the slice starts in its {@link #channel}. */
    public long position() {
        return position;
    }

    /**
     * The file that the slice is a piece of.
     *
     * @throws IllegalStateException if the slice is empty or closed
     */
    public FileChannel channel() {
        Segment open = segment;
        if (open == null) {
            throw new IllegalStateException("an empty or closed slice has no file");
        }
        return open.channel();
    }

    /**
     * Sends bytes of the slice, by sendfile where the target permits.
     *
     * @param target where to
     * @param from first byte, counted from the start of the slice
     * @param bytesMax how many at most
     * @return bytes sent; 0 if the target takes none now, -1 if the file ends before {@code from}
     * @throws IOException if the file or the target fails
     */
    public long transferTo(WritableByteChannel target, int from, int bytesMax) throws IOException {
        int count = Math.min(bytesMax, sizeInBytes - from);
        if (count <= 0) {
            return 0;
        }
        long sent = channel().transferTo(position + from, count, target);
        return sent == 0 && channel().size() <= position + from ? -1 : sent;
    }

    /**
     * Copies bytes of the slice, as a connection under TLS needs them, until {@code target} is full or the slice ends.
     *
     * @param target where to
     * @param from first byte, counted from the start of the slice
     * @return bytes copied
     * @throws IOException if the file cannot be read, or is shorter than it was
     */
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

    /** The whole slice in a buffer of its own: for loading small logs into memory, never for serving. */
    public ByteBuffer toBuffer() throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(sizeInBytes);
        read(buffer, 0);
        return buffer.flip();
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
