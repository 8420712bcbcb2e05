package io.tailrace.simulation;

import io.tailrace.replication.history.transactions.EndOffset;
import io.tailrace.replication.history.transactions.TransactionHistory.Isolation;
import java.util.List;
import java.util.OptionalLong;

/** A client that reads all committed records, and asks for the ends of the partitions. */
final class ReadingProcess {
    private static final String NAME = "reader";
    private static final long TIMEOUT_MS = 150;

    private final TransactionalClusters all;
    private final List<Caller> callers;
    private final List<CommittedReader> readers;

    ReadingProcess(TransactionalClusters all, int node) {
        this.all = all;
        callers = all.partitions.stream()
                .map(partition -> new Caller(partition.cluster(), node, Runnable::run))
                .toList();
        readers = all.partitions.stream()
                .map(partition -> new CommittedReader(
                        all, partition, callers.get(partition.name().partition()), NAME, 0))
                .toList();
    }

    void run() {
        int partition = (int) all.between(0, readers.size() - 1);
        if (all.oneIn(3)) {
            askEnd(partition);
        } else {
            CommittedReader reader = readers.get(partition);
            reader.poll(all.history.poll(reader.reader()), entries -> pause());
        }
    }

    private void pause() {
        all.timeline.after(all.between(5, 30), this::run);
    }

    private void askEnd(int partition) {
        boolean isCommitted = all.oneIn(2);
        TransactionalPartition asked = all.partitions.get(partition);
        Caller caller = callers.get(partition);
        EndOffset<Long> end =
                all.history.endOffset(NAME, asked.name(), isCommitted ? Isolation.COMMITTED : Isolation.UNCOMMITTED);
        int epoch = caller.leaderEpoch;
        caller.<OptionalLong>ask(
                (leading, answer) -> asked.end(leading, epoch, isCommitted, answer),
                TIMEOUT_MS,
                answer -> {
                    if (answer.isPresent()) {
                        end.is(answer.getAsLong());
                    } else {
                        caller.refresh();
                    }
                    pause();
                },
                this::pause);
    }

    /** Whether it has read everything. */
    boolean isAtEnd() {
        return all.partitions.stream()
                .allMatch(partition -> readers.get(partition.name().partition()).position() == partition.endOffset());
    }

    @Override
    public String toString() {
        return "read up to " + readers.stream().map(CommittedReader::position).toList();
    }
}
