package io.tailrace.loader.task;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rows of one hour in the order of their offsets: the older ones in ranges of the {@link SpillFile}, the newer ones in blocks of
 * memory. Each row is its length, offset and timestamp, then its bytes.
 */
final class RowBuffer {
    /** A range of the spill file. */
    private record Range(long from, long length) {}

    private final BlockPool pool;
    private final ByteBuffer header = ByteBuffer.allocate(Row.HEADER_BYTES);
    private final List<Range> spilled = new ArrayList<>(0);
    private @Nullable SpillFile spillFile;
    private final List<byte[]> blocks = new ArrayList<>(1);
    private int lastBlockBytes = BlockPool.BLOCK_BYTES;

    RowBuffer(BlockPool pool) {
        this.pool = pool;
    }

    /** Bytes of memory that the buffer uses. */
    long memoryBytes() {
        return (long) blocks.size() * BlockPool.BLOCK_BYTES;
    }

    void append(Row row) {
        row.writeHeader(header.clear());
        append(header.array(), Row.HEADER_BYTES);
        append(row.array(), row.length());
    }

    private void append(byte[] from, int length) {
        int done = 0;
        while (done < length) {
            if (lastBlockBytes == BlockPool.BLOCK_BYTES) {
                blocks.add(pool.take());
                lastBlockBytes = 0;
            }
            int count = Math.min(length - done, BlockPool.BLOCK_BYTES - lastBlockBytes);
            System.arraycopy(from, done, blocks.get(blocks.size() - 1), lastBlockBytes, count);
            lastBlockBytes += count;
            done += count;
        }
    }

    /** Moves all rows from memory to a file: always the same one, and the caller flushes it. */
    void spill(SpillFile file) throws IOException {
        if (blocks.isEmpty()) {
            return;
        }
        spillFile = file;
        long from = file.bytes();
        for (int i = 0; i < blocks.size(); i++) {
            file.append(blocks.get(i), blockBytes(i));
        }
        spilled.add(new Range(from, file.bytes() - from));
        releaseBlocks();
    }

    private int blockBytes(int block) {
        return block == blocks.size() - 1 ? lastBlockBytes : BlockPool.BLOCK_BYTES;
    }

    private void releaseBlocks() {
        pool.release(blocks);
        blocks.clear();
        lastBlockBytes = BlockPool.BLOCK_BYTES;
    }

    /** What takes the rows of a buffer. */
    @FunctionalInterface
    interface Sink {
        /** Takes a row, whose bytes are valid until this returns. */
        void write(Row row) throws IOException;
    }

    /** Gives all rows to a sink, in order, and frees the memory. The row is used for all of them. */
    void drain(Row row, Sink sink) throws IOException {
        if (spillFile != null) {
            for (Range range : spilled) {
                drain(spillFile.read(range.from(), range.length()), row, sink);
            }
        }
        drain(new BlockInput(), row, sink);
        releaseBlocks();
    }

    private void drain(InputStream in, Row row, Sink sink) throws IOException {
        byte[] bytes = new byte[BlockPool.BLOCK_BYTES];
        int read = in.readNBytes(header.array(), 0, Row.HEADER_BYTES);
        while (read == Row.HEADER_BYTES) {
            header.clear();
            int codedLength = header.getInt();
            int length = codedLength < 0 ? ~codedLength : codedLength;
            long offset = header.getLong();
            long timestampMs = header.getLong();
            if (bytes.length < length) {
                bytes = new byte[Math.max(length, (int) Math.min(2L * bytes.length, Integer.MAX_VALUE - 8))];
            }
            if (in.readNBytes(bytes, 0, length) < length) {
                throw new EOFException("buffered rows end in the row of offset " + offset);
            }
            row.set(offset, timestampMs, bytes, length);
            row.isChecked = codedLength < 0;
            sink.write(row);
            read = in.readNBytes(header.array(), 0, Row.HEADER_BYTES);
        }
        if (read != 0) {
            throw new EOFException("buffered rows end in the header of a row");
        }
    }

    private final class BlockInput extends InputStream {
        private int block;
        private int position;

        @Override
        public int read() {
            byte[] one = new byte[1];
            return read(one, 0, 1) == 1 ? one[0] & 0xff : -1;
        }

        @Override
        public int read(byte[] to, int offset, int length) {
            if (length == 0) {
                return 0;
            }
            if (block < blocks.size() && position == blockBytes(block)) {
                block++;
                position = 0;
            }
            if (block == blocks.size()) {
                return -1;
            }
            int count = Math.min(length, blockBytes(block) - position);
            System.arraycopy(blocks.get(block), position, to, offset, count);
            position += count;
            return count;
        }
    }
}
