package io.tailrace.agent.tail;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The bytes of an open file, decompressed. Stays readable when the file is renamed or deleted.
 *
 * <p>Positions count decompressed bytes. Reading backwards may be slow.
 */
interface Content extends Closeable {

    /**
     * Reads from a position until the target is full or the file ends.
     *
     * @return bytes read, 0 at the current end
     * @throws IOException if the file cannot be read, or is not gzip although its name says so
     */
    int read(long position, byte[] target, int length) throws IOException;

    /** Whether the file is shorter than a position: it was truncated. */
    boolean endsBefore(long position) throws IOException;

    /** Whether the last read reached an end after which nothing can be added. */
    boolean isFinished();

    /** Opens a file: as gzip if its name ends in {@code .gz}, else plain. */
    static Content open(Path path) throws IOException {
        return path.toString().endsWith(".gz") ? new GzipContent(path) : new PlainContent(path);
    }
}
