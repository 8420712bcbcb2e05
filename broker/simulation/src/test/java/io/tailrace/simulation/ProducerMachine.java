package io.tailrace.simulation;

import io.tailrace.transactions.ProducerIdentity;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the producer of a transactional id runs. Usually one process does; a second one may be started beside it. What transforms
 * runs as long as there is input; other producers only while there is to be more.
 */
final class ProducerMachine {
    private static final int RESTART_MS = 40;

    private final TransactionalClusters all;
    private final int number;
    private final @Nullable TransactionalOffsets offsets;
    private final List<TransactionalProcess> processes = new ArrayList<>();
    /** The newest producer that a process was given for this id. */
    private ProducerIdentity newest = ProducerIdentity.NONE;

    private int started;
    private boolean isInUse = true;

    /** @param offsets those of the group that its processes transform for; null if they just send */
    ProducerMachine(TransactionalClusters all, int number, @Nullable TransactionalOffsets offsets) {
        this.all = all;
        this.number = number;
        this.offsets = offsets;
    }

    String transactionalId() {
        return "id" + number;
    }

    int node() {
        return TransactionalClusters.FIRST_MACHINE + number;
    }

    private List<TransactionalProcess> running() {
        processes.removeIf(TransactionalProcess::ended);
        return processes;
    }

    void startUnlessRunning() {
        if (isInUse && (all.producing() || offsets != null) && running().isEmpty()) {
            start();
        }
    }

    private void start() {
        String name = "%s.%d".formatted(transactionalId(), ++started);
        TransactionalProcess process = offsets == null
                ? new RandomProcess(all, this, name)
                : new TransformingProcess(all, this, name, offsets);
        processes.add(process);
        process.run();
    }

    /** A process has ended because another one has taken over, or for a fault that it cannot mend. */
    void ended() {
        all.timeline.after(RESTART_MS, this::startUnlessRunning);
    }

    /** A process has got a producer: those with an earlier one are fenced. */
    void tookOver(ProducerIdentity producer) {
        if (isEarlier(newest, producer)) {
            newest = producer;
        }
        running().forEach(TransactionalProcess::abandonIfFenced);
    }

    /** Whether a later producer has been given to a process. */
    boolean isFenced(ProducerIdentity producer) {
        return isEarlier(producer, newest);
    }

    private static boolean isEarlier(ProducerIdentity one, ProducerIdentity other) {
        return one.id() == other.id() ? one.epoch() < other.epoch() : one.id() < other.id();
    }

    void begin(Step step) {
        switch (step.kind()) {
            case KILL_MEMBER -> {
                running().forEach(TransactionalProcess::end);
                // The first one stays, and what transforms. Another may leave its transaction to the coordinator.
                isInUse &= number == 0 || offsets != null || step.other() > 0;
                all.timeline.after(step.forMs(), this::startUnlessRunning);
            }
            case PAUSE_MEMBER -> pause(step.forMs());
            case TWIN_MEMBER -> {
                // What transforms is replaced while it hangs, and goes on later.
                if (offsets != null) {
                    pause(step.forMs());
                }
                if (isInUse) {
                    start();
                }
            }
            default -> throw new IllegalArgumentException(step.toString());
        }
    }

    private void pause(long forMs) {
        List<TransactionalProcess> paused = List.copyOf(running());
        paused.forEach(TransactionalProcess::pause);
        all.timeline.after(forMs, () -> paused.forEach(TransactionalProcess::resume));
    }

    void heal() {
        running().forEach(TransactionalProcess::resume);
        startUnlessRunning();
    }

    /** Whether no process has anything to do. */
    boolean isIdle() {
        return (offsets == null || !running().isEmpty()) && running().stream().allMatch(TransactionalProcess::isIdle);
    }

    @Override
    public String toString() {
        return running().toString();
    }
}
