package io.tailrace.server.network;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the bytes of one connection into frames: four bytes of size, big-endian, and as many bytes of request.
 *
 * <p>A frame that lies whole in the buffer it was read into is a slice of it. Any other is put together in a buffer
 * that starts small and doubles while bytes arrive, so that a size that lies costs nothing; once a connection
 * has delivered a large frame, the next one's buffer starts that large, so that an honest peer's bytes are copied
 * once.
 *
 * <p>Confined to the connection's event loop, but for the waiter handed to {@link RequestMemory}.
 */
final class FrameReader {
    private static final int SIZE_BYTES = 4;
    /** API key, version and correlation id: what the shortest of all requests has. */
    private static final int FRAME_BYTES_MIN = 8;

    private static final int FIRST_BUFFER_BYTES = 32 * 1024;
    private static final short PRODUCE_KEY = 0;

    private final NetworkLimits limits;
    private final RequestMemory memory;
    private final ByteBufAllocator allocator;
    private final Runnable onMemory;

    private final Queue<ByteBuf> received = new ArrayDeque<>();
    private int sizeBytesRead;
    private int size;
    private @Nullable ByteBuf partial;
    private int reservedBytes;
    private int trustedBytes = FIRST_BUFFER_BYTES;
    private boolean waitsForMemory;

    /** @param onMemory run, on any thread, when a reader that {@link #waitsForMemory} may try again */
    FrameReader(NetworkLimits limits, RequestMemory memory, ByteBufAllocator allocator, Runnable onMemory) {
        this.limits = limits;
        this.memory = memory;
        this.allocator = allocator;
        this.onMemory = onMemory;
    }

    /** Takes bytes from the socket, and their ownership. */
    void feed(ByteBuf bytes) {
        received.add(bytes);
    }

    /** Whether the last {@link #next} stopped for want of memory and not of bytes. */
    boolean waitsForMemory() {
        return waitsForMemory;
    }

    /**
     * The next whole frame, to be given back with {@link #done}, or null while there is none.
     *
     * @throws BadFrameException if the peer doesn't speak the protocol or exceeds a limit; the reader is of no use then
     */
    @Nullable
    ByteBuf next() throws BadFrameException {
        waitsForMemory = false;
        for (ByteBuf head = received.peek(); head != null; head = received.peek()) {
            if (!head.isReadable()) {
                received.remove().release();
            } else if (sizeBytesRead < SIZE_BYTES) {
                readSize(head);
            } else if (partial == null && head.readableBytes() >= size) {
                sizeBytesRead = 0;
                return checked(head.readRetainedSlice(size));
            } else if (!fill(head)) {
                waitsForMemory = true;
                return null;
            } else if (partial != null && partial.readableBytes() == size) {
                ByteBuf whole = partial;
                partial = null;
                sizeBytesRead = 0;
                trustedBytes = Math.max(trustedBytes, size);
                return checked(whole);
            }
        }
        return null;
    }

    /** Releases a frame that was handled, and its share of the memory. */
    void done(ByteBuf frame) {
        frame.release();
        giveBackMemory();
    }

    /** Releases everything held. */
    void close() {
        received.forEach(ByteBuf::release);
        received.clear();
        if (partial != null) {
            partial.release();
            partial = null;
        }
        giveBackMemory();
    }

    private void readSize(ByteBuf head) throws BadFrameException {
        while (sizeBytesRead < SIZE_BYTES && head.isReadable()) {
            size = size << 8 | head.readUnsignedByte();
            sizeBytesRead++;
        }
        if (sizeBytesRead == SIZE_BYTES && (size < FRAME_BYTES_MIN || size > limits.requestBytesMax())) {
            throw new BadFrameException("frame of " + size + " bytes" + guess(size) + ", expected " + FRAME_BYTES_MIN
                    + " to " + limits.requestBytesMax() + " (socket.request.max.bytes)");
        }
    }

    /** What a size that is none was meant to be, for whoever reads the log. */
    private static String guess(int size) {
        if (size >>> 16 == 0x1603) {
            return " (the peer seems to speak TLS)";
        }
        return switch (size) {
            case 0x47455420, 0x504F5354, 0x48454144, 0x50555420 -> " (the peer seems to speak HTTP)";
            default -> "";
        };
    }

    /** Copies what fits from {@code head}; false if the buffer must grow and there is no memory for it. */
    private boolean fill(ByteBuf head) throws BadFrameException {
        ByteBuf buffer = partial;
        if (buffer == null) {
            int capacity = Math.min(size, trustedBytes);
            if (!reserve(capacity)) {
                return false;
            }
            buffer = allocator.directBuffer(capacity, size);
            partial = buffer;
        } else if (!buffer.isWritable()) {
            checkKind(buffer);
            int capacity = (int) Math.min(size, 2L * buffer.capacity());
            if (!reserve(capacity - buffer.capacity())) {
                return false;
            }
            buffer.capacity(capacity);
        }
        buffer.writeBytes(head, Math.min(head.readableBytes(), buffer.writableBytes()));
        return true;
    }

    private boolean reserve(int bytes) {
        if (!memory.reserveOrWait(bytes, onMemory)) {
            return false;
        }
        reservedBytes += bytes;
        return true;
    }

    private void giveBackMemory() {
        if (reservedBytes > 0) {
            int bytes = reservedBytes;
            reservedBytes = 0;
            memory.release(bytes);
        }
    }

    private ByteBuf checked(ByteBuf frame) throws BadFrameException {
        try {
            checkKind(frame);
            return frame;
        } catch (BadFrameException e) {
            done(frame);
            throw e;
        }
    }

    private void checkKind(ByteBuf frame) throws BadFrameException {
        if (size > limits.controlRequestBytesMax() && frame.getShort(frame.readerIndex()) != PRODUCE_KEY) {
            throw new BadFrameException("request of kind " + frame.getShort(frame.readerIndex()) + " with " + size
                    + " bytes, expected at most " + limits.controlRequestBytesMax() + " in any request but Produce");
        }
    }
}
