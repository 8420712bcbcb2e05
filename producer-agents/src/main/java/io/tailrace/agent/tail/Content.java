package io.tailrace.agent.tail;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of an open file, decompressed. Stays readable when the file is renamed or deleted.
 *
 * <p>Positions count decompressed bytes. Reading backwards is fast for the content's first {@link ReadPosition#HEAD_BYTES_MAX} bytes, and
 * to where the last read began.
 */
interface Content extends Closeable {

    /** A position in an archive cannot be read before {@link #advanceTo} has reached it. */
    final class NotReadyException extends IOException {
        private static final long serialVersionUID = 1L;

        NotReadyException(long position) {
            super("has to be decompressed up to byte " + position + " first");
        }
    }

    /**
     * Reads from a position until the target is full or the content ends for now.
     *
     * @return bytes read, 0 at the current end
     * @throws NotReadyException if too much would have to be decompressed before: {@link #advanceTo}
     * @throws IOException if the file cannot be read
     */
    int read(long position, byte[] target, int length) throws IOException;

    /** Whether it can be read now. False while others need the memory to decompress it. */
    default boolean isReady() throws IOException {
        return true;
    }

    /**
     * Gets ready to read at a position, or at the end if that comes first. An archive is decompressed up to there, a part in each call.
     *
     * @param length bytes that are read there next, which the budget need not cover
     * @param budget of what has to be decompressed before the position
     * @return false if the budget was used up before it is ready
     */
    default boolean advanceTo(long position, int length, ReadBudget budget) throws IOException {
        return true;
    }

    /** The position after the last byte; of an archive, after the last one that was decompressed. */
    long end() throws IOException;

    /** Whether the bytes are decompressed. */
    boolean isCompressed();

    /** Whether bytes that were read before may be other ones now. */
    boolean mayHaveChanged();

    /** Notes that they were compared, and are the same. */
    default void noteVerified() {}

    /** Whether the file is shorter than a position: it was truncated. */
    boolean endsBefore(long position) throws IOException;

    /** Whether the last read reached an end after which nothing can be added to a line. */
    boolean isFinished();

    /** Whether there are bytes after a position that cannot be sent yet: a line without its end, or an archive that is not whole. */
    boolean isIncompleteBehind(long position) throws IOException;

    /** Why the last read ended where it did, if the content does not end there: {@link java.io.EOFException} if the rest may come. */
    default Optional<IOException> failure() {
        return Optional.empty();
    }

    /**
     * Opens a file to follow it, and to decompress it if its first bytes are those of an archive. Before its
     * position, a read decompresses {@link ReadBudget#STEP_BYTES} at most.
     *
     * @param memory where decoders are accounted for
     * @throws IOException if it cannot be read, or is not what its name promises: {@link Compression#of}
     */
    static Content open(Path path, DecoderMemory memory) throws IOException {
        return open(path, memory, ReadBudget.STEP_BYTES);
    }

    private static Content open(Path path, DecoderMemory memory, long readBytesMax) throws IOException {
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
        try {
            @Nullable Compression compression = Compression.of(path, head(channel));
            return compression == null
                    ? new PlainContent(channel)
                    : new CompressedContent(channel, compression, memory, readBytesMax);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** Opens a file for a moment. A read may decompress an archive up to any position. */
    static Content open(Path path) throws IOException {
        return open(path, DecoderMemory.ofHeap(), Long.MAX_VALUE);
    }

    private static byte[] head(FileChannel channel) throws IOException {
        ByteBuffer head = ByteBuffer.allocate(Compression.MAGIC_BYTES);
        while (head.hasRemaining() && channel.read(head, head.position()) > 0) {
            // Until it is full, or the file ends.
        }
        return Arrays.copyOf(head.array(), head.position());
    }
}
