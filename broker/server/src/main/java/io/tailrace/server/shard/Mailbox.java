package io.tailrace.server.shard;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;

/** Runs a shard's work on an executor, on one thread at a time. Thread-safe. */
final class Mailbox {
    private enum Phase {
        IDLE,
        QUEUED,
        RUNNING,
        /** Running, and new work has arrived that this run may miss. */
        RUNNING_AGAIN
    }

    private final Executor executor;
    private final BooleanSupplier work;
    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.IDLE);

    /** @param work does the work, or a part of it; returns whether something is left */
    Mailbox(Executor executor, BooleanSupplier work) {
        this.executor = executor;
        this.work = work;
    }

    /** There is work. Returns at once. */
    void signal() {
        Phase before = phase.getAndUpdate(now -> switch (now) {
            case IDLE, QUEUED -> Phase.QUEUED;
            case RUNNING, RUNNING_AGAIN -> Phase.RUNNING_AGAIN;
        });
        if (before == Phase.IDLE) {
            executor.execute(this::run);
        }
    }

    private void run() {
        phase.set(Phase.RUNNING);
        boolean isLeft = work.getAsBoolean();
        if (isLeft || !phase.compareAndSet(Phase.RUNNING, Phase.IDLE)) {
            phase.set(Phase.QUEUED);
            executor.execute(this::run);
        }
    }
}
