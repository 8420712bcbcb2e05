package io.tailrace.server.network;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the bytes of one connection into frames: four bytes of size, big-endian, and as many bytes of request.
 *
 * <p>If a whole frame lies in the buffer it was read into, the frame is a slice of that buffer. Any other frame is assembled in a
 * buffer that grows with the bytes that arrive, so that a false size costs nothing. Its first {@value #SMALL_BYTES} bytes need no
 * reservation, so that no small request ever waits for memory. Once a connection has delivered a large frame, the buffer of its
 * next one grows to that size in one step, so that an honest peer's bytes are copied once.
 *
 * <p>Confined to the connection's event loop, except for the callback from {@link FrameMemory}.
 */
final class FrameReader {
    private static final int SIZE_BYTES = 4;
    /** API key, version and correlation id, which the shortest request consists of. */
    private static final int FRAME_BYTES_MIN = 8;

    /** Bytes of a started frame that a connection may always hold. */
    static final int SMALL_BYTES = 4 * 1024;

    private static final int FIRST_RESERVED_BYTES = 32 * 1024;
    private static final short PRODUCE_KEY = 0;

    private final NetworkLimits limits;
    private final NetworkMemory memory;
    private final ByteBufAllocator allocator;
    private final Runnable onMemory;
    private final Queue<ByteBuf> received = new ArrayDeque<>();
    private int sizeBytesRead;
    private int size;
    private @Nullable ByteBuf partial;
    private long transfers;
    private int trustedBytes = FIRST_RESERVED_BYTES;
    private boolean waitsForMemory;
    private long countedBytes;

    /** The frame's share of the memory of its kind; null unless it has asked for some. */
    private FrameMemory.@Nullable Share share;

    private int reservedBytes;

    /** @param onMemory called on any thread when a reader that {@link #waitsForMemory} may go on */
    FrameReader(NetworkLimits limits, NetworkMemory memory, ByteBufAllocator allocator, Runnable onMemory) {
        this.limits = limits;
        this.memory = memory;
        this.allocator = allocator;
        this.onMemory = onMemory;
    }

    /** Takes ownership of bytes from the socket. */
    void feed(ByteBuf bytes) {
        received.add(bytes);
    }

    /** Whether the last {@link #next} stopped because memory, not bytes, was missing. */
    boolean waitsForMemory() {
        return waitsForMemory;
    }

    /** Whether a frame has started to arrive and has the memory for its next bytes. */
    boolean isReceiving() {
        return sizeBytesRead > 0 && !waitsForMemory;
    }

    /** A number that changes with each frame, and when a frame begins or ends to wait for memory. */
    long transfer() {
        return transfers;
    }

    /** Bytes of the frame that have arrived. */
    int transferredBytes() {
        return partial == null ? 0 : partial.readableBytes();
    }

    /** Why the frame took too long to arrive, for the log. */
    String whyTooSlow() {
        return "request of " + (sizeBytesRead < SIZE_BYTES ? "unknown size" : size + " bytes")
                + " did not arrive in time, " + transferredBytes() + " bytes did (socket.request.timeout.ms)";
    }

    /** Whether others wait for the memory that the arriving frame holds. */
    boolean isShortOfMemory() {
        return reservedBytes > 0
                ? memoryOf(Objects.requireNonNull(partial)).isExhausted()
                : memory.received().isExhausted();
    }

    /** All bytes held. */
    long heldBytes() {
        return reservedBytes + countedBytes;
    }

    /**
     * The next whole frame, to be returned with {@link #done}, or null if there is none yet.
     *
     * @throws BadFrameException if the peer doesn't speak the protocol or exceeds a limit; the reader cannot be used then
     */
    @Nullable
    ByteBuf next() throws BadFrameException {
        for (ByteBuf head = received.peek(); head != null; head = received.peek()) {
            if (!head.isReadable()) {
                received.remove().release();
            } else if (sizeBytesRead < SIZE_BYTES) {
                readSize(head);
            } else if (partial == null && head.readableBytes() >= size) {
                return whole(head.readRetainedSlice(size));
            } else if (!fill(head)) {
                return null;
            } else if (partial != null && partial.readableBytes() == size) {
                ByteBuf whole = partial;
                partial = null;
                trustedBytes = Math.max(trustedBytes, size);
                return whole(whole);
            }
        }
        return null;
    }

    private ByteBuf whole(ByteBuf frame) throws BadFrameException {
        sizeBytesRead = 0;
        transfers++;
        try {
            checkKind(frame);
            return frame;
        } catch (BadFrameException e) {
            done(frame);
            throw e;
        }
    }

    /** Releases a frame that was handled, and its share of the memory. */
    void done(ByteBuf frame) {
        frame.release();
        releaseReserved();
    }

    /** Counts the bytes held without a reservation. Called after {@link #next} has returned null. */
    void count() {
        long heldBytes = partial == null || reservedBytes > 0 ? 0 : partial.capacity();
        for (ByteBuf each : received) {
            heldBytes += each.capacity();
        }
        count(heldBytes);
    }

    private void count(long heldBytes) {
        if (heldBytes > countedBytes) {
            memory.received().add(heldBytes - countedBytes);
        } else if (heldBytes < countedBytes) {
            memory.received().release(countedBytes - heldBytes);
        }
        countedBytes = heldBytes;
    }

    /** Releases everything held. */
    void close() {
        received.forEach(ByteBuf::release);
        received.clear();
        if (partial != null) {
            partial.release();
            partial = null;
        }
        releaseReserved();
        count(0);
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

    /** A guess at what a peer that sent this impossible size was doing, for the reader of the log. */
    private static String guess(int size) {
        if (size >>> 16 == 0x1603) {
            return " (the peer seems to speak TLS)";
        }
        return switch (size) {
            case 0x47455420, 0x504F5354, 0x48454144, 0x50555420 -> " (the peer seems to speak HTTP)";
            default -> "";
        };
    }

    /** Copies as many bytes of {@code head} as fit; false if the buffer must grow and there is no memory for it. */
    private boolean fill(ByteBuf head) throws BadFrameException {
        ByteBuf buffer = partial;
        if (buffer == null) {
            buffer = allocator.directBuffer(Math.min(size, SMALL_BYTES), size);
            partial = buffer;
        } else if (!buffer.isWritable()) {
            checkKind(buffer);
            int capacity = (int) Math.min(size, Math.max(2L * buffer.capacity(), trustedBytes));
            boolean reserved = reserve(buffer, capacity);
            waitForMemory(!reserved);
            if (!reserved) {
                return false;
            }
            buffer.capacity(capacity);
        }
        buffer.writeBytes(head, Math.min(head.readableBytes(), buffer.writableBytes()));
        return true;
    }

    private boolean reserve(ByteBuf frame, int bytes) {
        if (share == null) {
            share = memoryOf(frame).share(onMemory);
        }
        boolean reserved = share.reserve(bytes);
        reservedBytes = reserved ? bytes : reservedBytes;
        return reserved;
    }

    private FrameMemory memoryOf(ByteBuf frame) {
        return isProduce(frame) ? memory.produceRequests() : memory.otherRequests();
    }

    private void waitForMemory(boolean waits) {
        if (waits != waitsForMemory) {
            waitsForMemory = waits;
            transfers++;
        }
    }

    private void releaseReserved() {
        if (share != null) {
            share.release();
            share = null;
            reservedBytes = 0;
        }
    }

    private void checkKind(ByteBuf frame) throws BadFrameException {
        if (size > limits.controlRequestBytesMax() && !isProduce(frame)) {
            throw new BadFrameException("request of kind " + frame.getShort(frame.readerIndex()) + " with " + size
                    + " bytes, expected at most " + limits.controlRequestBytesMax() + " in any request but Produce");
        }
    }

    private static boolean isProduce(ByteBuf frame) {
        return frame.getShort(frame.readerIndex()) == PRODUCE_KEY;
    }
}
