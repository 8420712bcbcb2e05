package io.tailrace.simulation;

import io.tailrace.replication.history.transactions.Transaction;
import java.util.List;

/** A process that sends to the partitions, and sometimes reads in between. */
final class RandomProcess extends TransactionalProcess {
    private static final int STEPS_MAX = 4;

    private final TransactionalClusters all;
    private final List<CommittedReader> readers;
    private int stepsLeft;

    RandomProcess(TransactionalClusters all, ProducerMachine machine, String name) {
        super(all, machine, name);
        this.all = all;
        readers = all.partitions.stream().map(partition -> reader(partition, 0)).toList();
    }

    @Override
    void proceed() {
        if (!all.producing()) {
            again(this::proceed);
            return;
        }
        Transaction<Long> open = begin();
        stepsLeft = (int) all.between(0, STEPS_MAX);
        again(() -> step(open));
    }

    private void step(Transaction<Long> open) {
        if (stepsLeft-- == 0) {
            finish(open);
            return;
        }
        int partition = (int) all.between(0, all.partitions.size() - 1);
        if (all.oneIn(4)) {
            CommittedReader reader = readers.get(partition);
            reader.poll(open.poll(reader.reader()), entries -> again(() -> step(open)));
        } else {
            send(open, partition, all.nextValue(), () -> step(open));
        }
    }
}
