package io.tailrace.protocol.codec;

import io.tailrace.protocol.RecordsPayload;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * An encoded message: its size in four bytes, then its bytes interleaved with records.
 *
 * <pre>
 *   size | bytes | records | bytes | records | … | bytes
 * </pre>
 *
 * <p>Records are the payloads of the message, not copies, so a sender can write each in its own way, such as with
 * sendfile from a file. Used by one thread.
 */
public final class EncodedMessage {
    private final byte[] bytes;
    private final int bytesEnd;
    private final RecordsPayload[] records;
    private final int[] recordsAt;
    private final int sizeInBytes;

    EncodedMessage(byte[] bytes, int bytesEnd, RecordsPayload[] records, int[] recordsAt, int sizeInBytes) {
        this.bytes = bytes;
        this.bytesEnd = bytesEnd;
        this.records = records;
        this.recordsAt = recordsAt;
        this.sizeInBytes = sizeInBytes;
    }

    /** Receives the parts of a message, in order. */
    public interface Sink {

        /** Bytes of the message, from the buffer's position to its limit. The sink owns the buffer. */
        void bytes(ByteBuffer bytes);

        /** Records of the message; never empty. */
        void records(RecordsPayload records);
    }

    /** The size of all parts, including the four bytes of the size. */
    public int sizeInBytes() {
        return sizeInBytes;
    }

    /** Passes all parts to a sink. */
    public void writeTo(Sink sink) {
        int done = 0;
        for (int i = 0; i < records.length; i++) {
            if (records[i].sizeInBytes() > 0) {
                sink.bytes(ByteBuffer.wrap(bytes, done, recordsAt[i] - done));
                sink.records(records[i]);
                done = recordsAt[i];
            }
        }
        if (done < bytesEnd) {
            sink.bytes(ByteBuffer.wrap(bytes, done, bytesEnd - done));
        }
    }

    /**
     * Returns all parts as buffers, in order, for a gathering write.
     *
     * @throws IllegalStateException if records of the message are not in memory
     */
    public ByteBuffer[] buffers() {
        ByteBuffer[] buffers = new ByteBuffer[2 * records.length + 1];
        BufferSink sink = new BufferSink(buffers);
        writeTo(sink);
        return sink.count == buffers.length ? buffers : Arrays.copyOf(buffers, sink.count);
    }

    /** Collects the parts as buffers. */
    private static final class BufferSink implements Sink {
        private final ByteBuffer[] buffers;
        private int count;

        BufferSink(ByteBuffer[] buffers) {
            this.buffers = buffers;
        }

        @Override
        public void bytes(ByteBuffer bytes) {
            buffers[count++] = bytes;
        }

        @Override
        public void records(RecordsPayload records) {
            buffers[count++] = records.buffer();
        }
    }
}
