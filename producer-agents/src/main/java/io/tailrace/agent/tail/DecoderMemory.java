package io.tailrace.agent.tail;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * The memory of the decoders of archives that are being read. Archives beyond it wait. One that nobody has read for a while, as that
 * of a source whose topic is not acknowledged, makes room, and is decompressed again later. Not thread-safe.
 */
final class DecoderMemory {
    static final long IDLE_MS = 30_000;
    private static final int SHARE = 4;

    private final long bytesMax;
    private final LongSupplier steadyMs;
    /** The holder that was read longest ago comes first. */
    private final Map<Holder, Held> held = new LinkedHashMap<>(16, 0.75f, true);

    private long heldBytes;

    /** What can give its decoder up. */
    interface Holder {
        void releaseDecoder();
    }

    private record Held(long bytes, long readMs) {}

    /** @param steadyMs a clock that never goes back */
    DecoderMemory(long bytesMax, LongSupplier steadyMs) {
        this.bytesMax = bytesMax;
        this.steadyMs = steadyMs;
    }

    /** A quarter of the heap. */
    static DecoderMemory ofHeap() {
        return new DecoderMemory(Runtime.getRuntime().maxMemory() / SHARE, () -> System.nanoTime() / 1_000_000);
    }

    long bytesMax() {
        return bytesMax;
    }

    /** Whether an archive can be opened. Also if it needs more than there is at all, which is an error that opening reports. */
    boolean hasRoom(long bytes) {
        if (bytes > bytesMax || heldBytes + bytes <= bytesMax) {
            return true;
        }
        long idleSinceMs = steadyMs.getAsLong() - IDLE_MS;
        Iterator<Map.Entry<Holder, Held>> eldest = held.entrySet().iterator();
        while (eldest.hasNext() && heldBytes + bytes > bytesMax) {
            Map.Entry<Holder, Held> holder = eldest.next();
            if (holder.getValue().readMs > idleSinceMs) {
                return false;
            }
            eldest.remove();
            heldBytes -= holder.getValue().bytes;
            holder.getKey().releaseDecoder();
        }
        return heldBytes + bytes <= bytesMax;
    }

    /** Notes that a decoder has been opened or read. */
    void hold(Holder holder, long bytes) {
        release(holder);
        held.put(holder, new Held(bytes, steadyMs.getAsLong()));
        heldBytes += bytes;
    }

    /** Notes that a decoder has been closed. */
    void release(Holder holder) {
        Held before = held.remove(holder);
        if (before != null) {
            heldBytes -= before.bytes;
        }
    }
}
