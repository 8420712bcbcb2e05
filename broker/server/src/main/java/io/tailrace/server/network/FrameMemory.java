package io.tailrace.server.network;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The memory of started frames of one kind, across all connections. Thread-safe.
 *
 * <p>A frame reserves bytes before it holds them, and waits while there is no room. Released bytes go to the waiting frames in
 * the order in which they first asked; only the frames that get their bytes are woken. So smaller frames cannot overtake a large
 * one forever.
 *
 * <p>Design note: frames that hold bytes and wait for more can block each other. No frame shows whether its peer would go on
 * sending, so none is given up. When all frames that hold bytes wait, the first one may exceed the bound until it ends: it
 * arrives, or its peer makes no progress and is closed ({@link PeerPace}). The bound is thus exceeded by less than one frame.
 */
final class FrameMemory {
    private static final int NOT_STARTED = 0;

    private final ByteBudget bytes;

    /** In the order of their first reservation. Guarded by this object's monitor, as are the following fields. */
    private final NavigableSet<Share> waiting = new TreeSet<>(Comparator.comparingLong((Share share) -> share.order));

    private long startedShares = 0;
    /** Shares that hold bytes and do not wait. */
    private int active;
    /** The share that may exceed the bound. */
    private @Nullable Share favored;

    /** Whether {@link #waiting} has any; written under the monitor. */
    private volatile boolean hasWaiting;

    /** @param bytes counts the bytes of all shares; not used for anything else */
    FrameMemory(ByteBudget bytes) {
        this.bytes = bytes;
    }

    /** The bytes of all shares together. */
    ByteBudget bytes() {
        return bytes;
    }

    /** Whether the bound is reached or a frame waits. */
    boolean isExhausted() {
        return hasWaiting || bytes.isExhausted();
    }

    /** A share for one frame, which holds nothing yet. */
    Share share(Runnable onGranted) {
        return new Share(onGranted);
    }

    /** One frame's share of the memory. */
    final class Share {
        private final Runnable onGranted;
        private long order = NOT_STARTED;
        private int heldBytes;
        /** The bytes that it is to hold; while it waits, more than it holds. */
        private int wantedBytes;

        /** @param onGranted called on any thread when a reservation that had to wait has succeeded; must not block */
        private Share(Runnable onGranted) {
            this.onGranted = onGranted;
        }

        /**
         * Reserves bytes, in addition to those that it holds. A reservation that had to wait is repeated with the same bytes.
         *
         * @param totalBytes the bytes that the frame is to hold in all
         * @return whether it holds them
         */
        boolean reserve(int totalBytes) {
            boolean isWaiting;
            List<Share> others;
            synchronized (FrameMemory.this) {
                if (waits()) {
                    return false;
                }
                others = want(totalBytes);
                isWaiting = waits();
            }
            others.forEach(share -> share.onGranted.run());
            if (isWaiting) {
                bytes.exhausted();
            }
            return !isWaiting;
        }

        private List<Share> want(int totalBytes) {
            if (totalBytes <= heldBytes) {
                return List.of();
            }
            if (order == NOT_STARTED) {
                startedShares++;
                order = startedShares;
            }
            wantedBytes = totalBytes;
            active -= heldBytes > 0 ? 1 : 0;
            waiting.add(this);
            List<Share> others = grant();
            others.remove(this);
            return others;
        }

        private boolean waits() {
            return wantedBytes > heldBytes;
        }

        /** Releases its bytes, and stops waiting. */
        void release() {
            List<Share> others;
            synchronized (FrameMemory.this) {
                if (waits()) {
                    waiting.remove(this);
                } else if (heldBytes > 0) {
                    active--;
                }
                if (favored == this) {
                    favored = null;
                }
                bytes.release(heldBytes);
                heldBytes = 0;
                wantedBytes = 0;
                others = grant();
            }
            others.forEach(share -> share.onGranted.run());
        }
    }

    /** Gives free bytes to the first waiting shares. Returns the shares that got all of theirs. */
    private List<Share> grant() {
        List<Share> granted = new ArrayList<>();
        for (Share next = next(); next != null; next = next()) {
            waiting.remove(next);
            bytes.reserve(next.wantedBytes - next.heldBytes);
            next.heldBytes = next.wantedBytes;
            active++;
            granted.add(next);
        }
        hasWaiting = !waiting.isEmpty();
        return granted;
    }

    /** The waiting share that may have its bytes now. */
    private @Nullable Share next() {
        if (favored != null && favored.waits()) {
            return favored;
        }
        if (waiting.isEmpty()) {
            return null;
        }
        Share first = waiting.first();
        if (bytes.usedBytes() + first.wantedBytes - first.heldBytes <= bytes.bytesMax()) {
            return first;
        }
        if (active == 0) {
            favored = first;
            return first;
        }
        return null;
    }
}
