package io.tailrace.server.fetch;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The partitions of a plan that have changed since the plan last took them, and the fetch that waits for changes.
 *
 * <p>No change is lost, and no fetch sleeps through one. A partition calls {@link #mark} after its change can be seen; a fetch
 * reads a partition after it has taken the mark. So if {@code mark} finds a partition already marked, a fetch will still take
 * that mark and read the newer change. A fetch waits only if nothing has woken it since it last took the changes; this object's
 * monitor guards that check.
 *
 * <p>Thread-safe.
 */
final class PlanChanges {
    /** Guarded by this object's monitor, as is {@link #waiting}. */
    private List<PlannedPartition> changed = new ArrayList<>();

    private @Nullable Runnable waiting;

    /** Whether a change that wakes a fetch was marked since the changes were last taken. Written under the monitor. */
    private volatile boolean woken;

    /** @param wakes whether a fetch that waits must look at the partition now */
    void mark(PlannedPartition partition, boolean wakes) {
        if (partition.isMarked() && (woken || !wakes)) {
            return;
        }
        Runnable fetch = null;
        synchronized (this) {
            if (!partition.isMarked()) {
                partition.setMarked(true);
                changed.add(partition);
            }
            if (wakes) {
                woken = true;
                fetch = waiting;
                waiting = null;
            }
        }
        if (fetch != null) {
            fetch.run();
        }
    }

    /** Takes all partitions that are marked. Read them after this. */
    synchronized List<PlannedPartition> take() {
        woken = false;
        if (changed.isEmpty()) {
            return List.of();
        }
        List<PlannedPartition> taken = changed;
        changed = new ArrayList<>();
        taken.forEach(partition -> partition.setMarked(false));
        return taken;
    }

    /**
     * Calls {@code fetch} once, at the next change that wakes, on any thread. Does nothing and returns false if there has been
     * one since the changes were last {@linkplain #take taken}.
     */
    synchronized boolean callAtNextChange(Runnable fetch) {
        if (woken) {
            return false;
        }
        waiting = fetch;
        return true;
    }

    synchronized void stopWaiting() {
        waiting = null;
    }
}
