package io.tailrace.simulation;

import io.tailrace.protocol.record.EndTransactionMarker;
import io.tailrace.protocol.record.RecordBatch;
import io.tailrace.replication.history.History.Entry;
import io.tailrace.replication.history.Verdict;
import io.tailrace.replication.history.transactions.TransactionHistory.WriteOrder;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * One history of transactions over two partitions, whose coordinator is in a third: faults, their repair, rest, and the verdict. It
 * is determined by the seed and the schedule.
 */
public final class TransactionSimulation {
    /** Longer than the longest pause before a marker is sent again. */
    private static final long REPAIR_MS_MAX = 10_000;

    /** By then messages that were late have arrived. */
    private static final long AFTERMATH_MS = 500;

    private final TransactionalClusters all;
    private final Schedule schedule;

    private TransactionSimulation(long seed, Schedule schedule, Trace trace) {
        all = new TransactionalClusters(new Random(seed), trace);
        this.schedule = schedule;
    }

    /** What is wrong with the history of a seed; empty if nothing is. */
    public static Optional<String> failure(long seed) {
        return failure(seed, schedule(seed), Trace.NONE);
    }

    /** The history of a seed, line by line. */
    public static String trace(long seed) {
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        failure(seed, schedule(seed), Trace.to(new PrintStream(lines, false, StandardCharsets.UTF_8)));
        return lines.toString(StandardCharsets.UTF_8);
    }

    static Schedule schedule(long seed) {
        return Schedule.of(new Random(~seed), Step.Kind.OF_TRANSACTIONS);
    }

    static Optional<String> failure(long seed, Schedule schedule, Trace trace) {
        try {
            new TransactionSimulation(seed, schedule, trace).run();
            return Optional.empty();
        } catch (AssertionError | RuntimeException e) {
            return Optional.of(e.toString());
        }
    }

    private void run() {
        all.schedule(schedule);
        all.start();
        all.runUntil(schedule.endMs());
        all.heal();
        all.await("whole", REPAIR_MS_MAX, () -> all.clusters().stream().allMatch(Cluster::isWhole));
        all.runUntil(all.timeline.nowMs() + AFTERMATH_MS);
        all.stopProducing();
        all.await(
                "without transactions",
                REPAIR_MS_MAX,
                () -> all.machines.stream().allMatch(ProducerMachine::isIdle)
                        && all.partitions.stream().allMatch(TransactionalPartition::isStable));
        all.await("read to the end", REPAIR_MS_MAX, all.reader::isAtEnd);
        all.partitions.forEach(this::end);
        Verdict verdict = all.history.judge(WriteOrder.INTERLEAVED);
        if (!verdict.isClean()) {
            throw new BrokenPromise(verdict.toString());
        }
    }

    /** What is committed by the markers in the log, whatever a reader is given. */
    private void end(TransactionalPartition partition) {
        Disk disk = partition.leadersDisk().orElseThrow();
        Map<Long, List<Entry<Long>>> open = new HashMap<>();
        List<Entry<Long>> committed = new ArrayList<>();
        for (long offset = disk.startOffset(); offset < disk.endOffset(); offset++) {
            RecordBatch batch = disk.log().batch(offset);
            if (!batch.isControl()) {
                open.computeIfAbsent(batch.producerId(), producer -> new ArrayList<>())
                        .add(new Entry<>(offset, batch.baseTimestampMs()));
                continue;
            }
            List<Entry<Long>> ended = open.remove(batch.producerId());
            if (ended != null && EndTransactionMarker.of(batch).isCommit()) {
                committed.addAll(ended);
            }
        }
        committed.sort(Comparator.comparingLong(Entry::offset));
        all.history.atEnd(partition.name(), disk.startOffset(), committed);
    }
}
