package io.tailrace.simulation;

import io.tailrace.log.AbortedTransaction;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.record.EndTransactionMarker;
import io.tailrace.protocol.record.RecordBatch;
import io.tailrace.replication.history.History.Entry;
import io.tailrace.replication.history.transactions.Poll;
import io.tailrace.replication.history.transactions.Reader;
import io.tailrace.replication.history.transactions.TransactionHistory.Isolation;
import io.tailrace.simulation.TransactionalPartition.Fetched;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;
import java.util.function.Consumer;

/** Reads the committed records of a partition, as Kafka's consumer does: leaves out what the broker says is aborted. */
final class CommittedReader {
    private static final long TIMEOUT_MS = 150;

    private final TransactionalPartition partition;
    private final Caller caller;
    private final Reader reader;
    private long position;

    /**
     * @param process its name in the history
     * @param position where it begins
     */
    CommittedReader(
            TransactionalClusters all, TransactionalPartition partition, Caller caller, String process, long position) {
        this.partition = partition;
        this.caller = caller;
        this.position = position;
        reader = all.history.reader(process, Isolation.COMMITTED);
    }

    Reader reader() {
        return reader;
    }

    long position() {
        return position;
    }

    /** Fetches once for a poll that has just begun. Nothing is found if that fails. */
    void poll(Poll<Long> poll, Consumer<List<Entry<Long>>> whenDone) {
        int epoch = caller.leaderEpoch;
        long offset = position;
        caller.<Fetched>ask(
                (leading, answer) -> partition.fetch(leading, offset, epoch, answer),
                TIMEOUT_MS,
                fetched -> whenDone.accept(take(poll, fetched)),
                () -> whenDone.accept(List.of()));
    }

    private List<Entry<Long>> take(Poll<Long> poll, Fetched fetched) {
        if (fetched.error() == ErrorCode.OFFSET_OUT_OF_RANGE) {
            throw new BrokenPromise("offset %d of %s is out of range".formatted(position, partition));
        }
        if (fetched.error() != ErrorCode.NONE) {
            caller.refresh();
            return List.of();
        }
        Queue<AbortedTransaction> aborted =
                new PriorityQueue<>(Comparator.comparingLong(AbortedTransaction::firstOffset));
        aborted.addAll(fetched.aborted());
        Set<Long> abortedProducers = new HashSet<>();
        List<Entry<Long>> entries = new ArrayList<>();
        for (RecordBatch batch : fetched.batches()) {
            while (!aborted.isEmpty() && aborted.element().firstOffset() <= batch.lastOffset()) {
                abortedProducers.add(aborted.remove().producerId());
            }
            if (batch.isControl()) {
                if (!EndTransactionMarker.of(batch).isCommit()) {
                    abortedProducers.remove(batch.producerId());
                }
            } else if (!abortedProducers.contains(batch.producerId())) {
                entries.add(new Entry<>(batch.baseOffset(), batch.baseTimestampMs()));
            }
            position = batch.nextOffset();
        }
        poll.got(partition.name(), entries);
        return entries;
    }
}
