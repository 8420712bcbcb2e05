package io.tailrace.replication.history.transactions;

import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.history.History.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** A poll. Without an answer it shows nothing. */
public final class Poll<V> {
    /**
     * What a poll got of one partition.
     *
     * @param end the offset at which the fetch found the log's end; empty if it may not have reached it
     */
    public record Part<V>(List<Entry<V>> entries, OptionalLong end) {
        public Part {
            entries = List.copyOf(entries);
        }
    }

    record Read<V>(PartitionLog<V> log, List<Entry<V>> entries, OptionalLong end) {}

    private final TransactionHistory<V> history;
    private final Transaction<V> transaction;
    private final Reader reader;
    private final long begunAt;
    private final List<Read<V>> reads = new ArrayList<>(1);
    private long answeredAt = Transaction.NEVER;

    Poll(TransactionHistory<V> history, Transaction<V> transaction, Reader reader) {
        this.history = history;
        this.transaction = transaction;
        this.reader = reader;
        begunAt = history.tick();
    }

    /** The poll got these records. */
    public void got(TopicPartition partition, List<Entry<V>> entries) {
        got(Map.of(partition, new Part<>(entries, OptionalLong.empty())));
    }

    /** The poll got these parts. */
    public void got(Map<TopicPartition, Part<V>> parts) {
        synchronized (history) {
            parts.forEach(
                    (partition, part) -> reads.add(new Read<>(history.log(partition), part.entries(), part.end())));
            answeredAt = history.tick();
            if (transaction.isAlone()) {
                transaction.committed();
            }
        }
    }

    Transaction<V> transaction() {
        return transaction;
    }

    Reader reader() {
        return reader;
    }

    long begunAt() {
        return begunAt;
    }

    long answeredAt() {
        return answeredAt;
    }

    List<Read<V>> reads() {
        return reads;
    }

    @Override
    public String toString() {
        return transaction.isAlone() ? transaction.toString() : "a poll in " + transaction;
    }
}
