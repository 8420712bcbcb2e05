package io.tailrace.replication.history.transactions;

import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.history.History.Entry;
import io.tailrace.replication.history.Verdict;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What clients with transactions did and saw. Thread-safe, as the operations are that it returns.
 *
 * <p>A history ends with {@link #atEnd}, once for each partition that was sent to, when no operation is in progress and every
 * transaction is decided.
 *
 * @param <V> the values, compared by {@code equals}; each is sent once
 */
public final class TransactionHistory<V> {
    /** What a reader sees. */
    public enum Isolation {
        COMMITTED,
        UNCOMMITTED
    }

    /** What is expected of the order of writes. */
    public enum WriteOrder {
        /** As in Kafka: records of transactions at the same time stand in any order, another one in each partition. */
        INTERLEAVED,
        /** All partitions agree on an order of the transactions. */
        SERIAL
    }

    final List<Transaction<V>> transactions = new ArrayList<>();
    final List<Send<V>> sends = new ArrayList<>();
    final List<Poll<V>> polls = new ArrayList<>();
    final List<EndOffset<V>> endOffsets = new ArrayList<>();
    final TreeMap<TopicPartition, PartitionLog<V>> logs = new TreeMap<>();
    private final Map<V, Send<V>> sendOf = new HashMap<>();
    private final Map<String, ClientProcess> processes = new HashMap<>();
    private long events;

    /**
     * A client begins a transaction.
     *
     * @param process a client that does one thing at a time: its operations are ordered by when they begin
     */
    public synchronized Transaction<V> begin(String process) {
        return add(new Transaction<>(this, process(process), false));
    }

    /** A client begins to send a value without a transaction. */
    public synchronized Send<V> send(String process, TopicPartition partition, V value) {
        Transaction<V> alone = add(new Transaction<>(this, process(process), true));
        Send<V> send = alone.send(partition, value);
        alone.committing();
        return send;
    }

    /**
     * A reader, which moves forward from wherever it begins.
     *
     * @param process the client that polls; after seeking or an assignment, use another reader
     */
    public synchronized Reader reader(String process, Isolation isolation) {
        return new Reader(process(process), isolation);
    }

    /** A reader begins a poll outside a transaction. */
    public synchronized Poll<V> poll(Reader reader) {
        Transaction<V> alone = add(new Transaction<>(this, reader.process(), true));
        alone.committing();
        return alone.poll(reader);
    }

    /** A client begins to ask for the end of a partition: the last stable offset for committed reads, else the high watermark. */
    public synchronized EndOffset<V> endOffset(String process, TopicPartition partition, Isolation isolation) {
        EndOffset<V> asked = new EndOffset<>(this, process(process), log(partition), isolation);
        endOffsets.add(asked);
        return asked;
    }

    /**
     * Records what a reader of committed records finds in a partition at the end.
     *
     * @param startOffset what was below it may have been deleted
     */
    public synchronized void atEnd(TopicPartition partition, long startOffset, List<Entry<V>> entries) {
        log(partition).end(startOffset, entries);
    }

    /** The number of values that were sent so far. */
    public synchronized int sentCount() {
        return sends.size();
    }

    /**
     * Finds all anomalies. Of cycles that overlap, only one of the simplest class is reported.
     *
     * @throws IllegalStateException if {@link #atEnd} is missing for a partition
     */
    public synchronized Verdict judge(WriteOrder writeOrder) {
        Findings findings = new Findings();
        logs.values().forEach(PartitionLog::requireEnd);
        new LogReconstruction<>(this, findings).run();
        new OutcomeCheck<>(this, findings).check();
        new ReaderCheck<>(this, findings).check();
        new SendOrderCheck<>(this, findings).check(writeOrder);
        new LinearizabilityCheck<>(this, findings).check();
        new CycleCheck<>(this, findings).check(writeOrder);
        int acknowledged = (int) sends.stream().filter(Send::wasAcknowledged).count();
        int kept = logs.values().stream().mapToInt(PartitionLog::endCount).sum();
        return new Verdict(sends.size(), acknowledged, kept, findings.all());
    }

    /** The time of an event that is reported now. */
    long tick() {
        return ++events;
    }

    PartitionLog<V> log(TopicPartition partition) {
        return logs.computeIfAbsent(partition, PartitionLog::new);
    }

    void add(Send<V> send) {
        if (sendOf.putIfAbsent(send.value(), send) != null) {
            throw new IllegalArgumentException("value " + send.value() + " was sent before; each must be sent once");
        }
        sends.add(send);
    }

    void add(Poll<V> poll) {
        polls.add(poll);
    }

    /** The send of a value, or null if nobody has sent it. */
    @Nullable
    Send<V> sendOf(V value) {
        return sendOf.get(value);
    }

    private Transaction<V> add(Transaction<V> transaction) {
        transactions.add(transaction);
        return transaction;
    }

    private ClientProcess process(String name) {
        return processes.computeIfAbsent(name, ClientProcess::new);
    }
}
