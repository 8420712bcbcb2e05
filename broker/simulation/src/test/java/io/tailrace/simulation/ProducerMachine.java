package io.tailrace.simulation;

import io.tailrace.transactions.ProducerIdentity;
import java.util.ArrayList;
import java.util.List;

/** Where the producer of a transactional id runs. Usually one process does; a second one may be started beside it. */
final class ProducerMachine {
    private static final int RESTART_MS = 40;

    private final TransactionalClusters all;
    private final int number;
    private final List<TransactionalProcess> processes = new ArrayList<>();
    /** The newest producer that a process was given for this id. */
    private ProducerIdentity newest = ProducerIdentity.NONE;

    private int started;
    private boolean isInUse = true;

    ProducerMachine(TransactionalClusters all, int number) {
        this.all = all;
        this.number = number;
    }

    String transactionalId() {
        return "id" + number;
    }

    int node() {
        return Cluster.FIRST_CLIENT + number;
    }

    private List<TransactionalProcess> running() {
        processes.removeIf(TransactionalProcess::ended);
        return processes;
    }

    void startUnlessRunning() {
        if (isInUse && all.producing() && running().isEmpty()) {
            start();
        }
    }

    private void start() {
        TransactionalProcess process =
                new TransactionalProcess(all, this, "%s.%d".formatted(transactionalId(), ++started));
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
                // The first one stays. Another may leave its transaction to the coordinator.
                isInUse &= number == 0 || step.other() > 0;
                all.timeline.after(step.forMs(), this::startUnlessRunning);
            }
            case PAUSE_MEMBER -> {
                List<TransactionalProcess> paused = List.copyOf(running());
                paused.forEach(TransactionalProcess::pause);
                all.timeline.after(step.forMs(), () -> paused.forEach(TransactionalProcess::resume));
            }
            case TWIN_MEMBER -> {
                if (isInUse) {
                    start();
                }
            }
            default -> throw new IllegalArgumentException(step.toString());
        }
    }

    void heal() {
        running().forEach(TransactionalProcess::resume);
        startUnlessRunning();
    }

    /** Whether no process has a transaction. */
    boolean isIdle() {
        return running().stream().allMatch(TransactionalProcess::isIdle);
    }

    @Override
    public String toString() {
        return running().toString();
    }
}
