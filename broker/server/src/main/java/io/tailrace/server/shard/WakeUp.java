package io.tailrace.server.shard;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The single alarm of a shard, set to the next time at which it has something to do. Confined to the shard. */
final class WakeUp {
    private static final long DELAY_MS_MIN = 1;

    private final Alarms alarms;
    private final Runnable task;
    private @Nullable Runnable cancel;
    private long atMs;
    private volatile boolean hasRung;

    /** @param task called on any thread */
    WakeUp(Alarms alarms, Runnable task) {
        this.alarms = alarms;
        this.task = task;
    }

    /** Sets the alarm to this time or earlier; without a time, there is no alarm. */
    void setAt(OptionalLong nextMs, long nowMs) {
        boolean isSet = cancel != null && !hasRung;
        if (isSet && nextMs.isPresent() && atMs <= nextMs.getAsLong()) {
            return;
        }
        cancel();
        if (nextMs.isPresent()) {
            atMs = nextMs.getAsLong();
            hasRung = false;
            cancel = alarms.set(Math.max(DELAY_MS_MIN, atMs - nowMs), this::ring);
        }
    }

    private void ring() {
        hasRung = true;
        task.run();
    }

    void cancel() {
        if (cancel != null) {
            cancel.run();
            cancel = null;
        }
    }
}
