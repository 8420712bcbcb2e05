package io.tailrace.agent.tail;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The bytes of an open file, decompressed. Stays readable when the file is renamed or deleted.
 *
 * <p>Positions count decompressed bytes. Reading backwards may be slow, forwards is not.
 */
interface Content extends Closeable {

    /**
     * Reads from a position until the target is full or there is nothing more now.
     *
     * @return bytes read, 0 at the present end
     * @throws IOException when the file cannot be read, or is not what its name says
     */
    int read(long position, byte[] target, int length) throws IOException;

    /** Whether fewer bytes are there than the position says: the file was cut. */
    boolean endsBefore(long position) throws IOException;

    /** Whether the last read came to an end after which nothing can be added. */
    boolean isFinished();

    /** Opens a file: gzip by its name's {@code .gz}, else plain. */
    static Content open(Path path) throws IOException {
        return path.toString().endsWith(".gz") ? new GzipContent(path) : new PlainContent(path);
    }
}
