package io.tailrace.loader.task;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;

/**
 * Rows of a task that did not fit in memory, on a local disk. Used by one thread.
 *
 * <p>The file loses its name as soon as it is open, so the disk space is freed when the task ends, however it ends.
 */
final class SpillFile implements AutoCloseable {
    private static final int BUFFER_BYTES = 256 << 10;

    private final Path folder;
    private final FileChannel file;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
    private long bytes;

    private SpillFile(Path folder, FileChannel file) {
        this.folder = folder;
        this.file = file;
    }

    /**
     * Creates an empty file.
     *
     * @throws IOException if the folder does not exist or cannot be written to; the message says what to do
     */
    static SpillFile open(Path folder) throws IOException {
        try {
            Path path = Files.createTempFile(folder, "tailrace-spill-", ".tmp");
            FileChannel file;
            try {
                file = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
            } finally {
                Files.delete(path);
            }
            return new SpillFile(folder, file);
        } catch (IOException e) {
            throw new IOException(
                    "cannot create a file for rows that do not fit in memory in " + folder
                            + ". Set task.spill.dir to an existing folder of a local disk: " + e,
                    e);
        }
    }

    /** Bytes written so far. */
    long bytes() {
        return bytes;
    }

    /** Appends bytes. They can be read after {@link #flush}. */
    void append(byte[] from, int length) throws IOException {
        int done = 0;
        while (done < length) {
            if (!buffer.hasRemaining()) {
                flush();
            }
            int count = Math.min(length - done, buffer.remaining());
            buffer.put(from, done, count);
            done += count;
        }
        bytes += length;
    }

    /** Writes what was appended. */
    void flush() throws IOException {
        buffer.flip();
        try {
            while (buffer.hasRemaining()) {
                file.write(buffer);
            }
        } catch (IOException e) {
            throw new IOException(
                    "cannot write rows that do not fit in memory to " + folder + ", " + bytes
                            + " bytes so far. Free space there, or set task.spill.dir to a disk with more space, or lower"
                            + " task.bytes.max: " + e.getMessage(),
                    e);
        }
        buffer.clear();
    }

    /** Reads a range of the file. Only one range is read at a time, and nothing is appended meanwhile. */
    InputStream read(long from, long length) {
        buffer.clear().limit(0);
        return new RangeInput(from, length);
    }

    /** Frees the disk space. */
    @Override
    public void close() throws IOException {
        file.close();
    }

    /** Fills the file's buffer, which is empty when a range has been read. */
    private final class RangeInput extends InputStream {
        private long position;
        private long left;

        RangeInput(long from, long length) {
            this.position = from;
            this.left = length;
        }

        @Override
        public int read() throws IOException {
            return fill() ? buffer.get() & 0xff : -1;
        }

        @Override
        public int read(byte[] to, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, to.length);
            if (length == 0) {
                return 0;
            }
            if (!fill()) {
                return -1;
            }
            int count = Math.min(length, buffer.remaining());
            buffer.get(to, offset, count);
            return count;
        }

        private boolean fill() throws IOException {
            if (buffer.hasRemaining()) {
                return true;
            }
            if (left == 0) {
                buffer.clear();
                return false;
            }
            buffer.clear().limit((int) Math.min(left, buffer.capacity()));
            int count = file.read(buffer, position);
            buffer.flip();
            if (count < 0) {
                throw new IOException("spilled rows in " + folder + ": expected " + left + " more bytes at " + position
                        + ", found the end of the file");
            }
            position += count;
            left -= count;
            return true;
        }
    }
}
