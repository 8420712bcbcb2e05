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
 * One history of transactions over two partitions, whose coordinator is in a third, and some with offsets of a group in a fourth:
 * faults, their repair, rest, and the verdict. It is determined by the seed and the schedule.
 */
public final class TransactionSimulation {
    /** Longer than the longest pause before a marker is sent again. */
    private static final long REPAIR_MS_MAX = 10_000;

    /** By then messages that were late have arrived. */
    private static final long AFTERMATH_MS = 500;

    /** By then, without faults, a transformer has committed offsets. */
    private static final long FULL_SWING_MS = 700;

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

    /** Faults begin while the producers start, or when transactions are in full swing. */
    static Schedule schedule(long seed) {
        Random random = new Random(~seed);
        Schedule early = Schedule.of(random, Step.Kind.OF_TRANSACTIONS);
        return random.nextBoolean() ? early : early.later(FULL_SWING_MS);
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
                        && all.marked().stream().allMatch(MarkedPartition::isStable));
        all.await("read to the end", REPAIR_MS_MAX, all.reader::isAtEnd);
        all.partitions.forEach(
                partition -> all.history.atEnd(partition.name(), startOffset(partition), entries(partition)));
        Verdict verdict = all.history.judge(WriteOrder.INTERLEAVED);
        if (!verdict.isClean()) {
            throw new BrokenPromise(verdict.toString());
        }
        all.offsets.ifPresent(this::judge);
    }

    private void judge(TransactionalOffsets offsets) {
        List<Long> answers = new ArrayList<>();
        offsets.fetch(offsets.leader().orElseThrow(), answer -> answers.add(answer.committedOffset()));
        all.await("told the group's offset", REPAIR_MS_MAX, () -> !answers.isEmpty());
        all.transformation.judge(
                entries(all.partition(Transformation.INPUT)),
                entries(all.partition(Transformation.OUTPUT)),
                committed(offsets),
                answers.get(0));
    }

    private static long startOffset(MarkedPartition partition) {
        return partition.leadersDisk().orElseThrow().startOffset();
    }

    private static List<Entry<Long>> entries(TransactionalPartition partition) {
        return committed(partition).stream()
                .map(batch -> new Entry<>(batch.baseOffset(), batch.baseTimestampMs()))
                .toList();
    }

    /** The batches that are committed by the markers in the log, whatever a reader is given. */
    private static List<RecordBatch> committed(MarkedPartition partition) {
        Disk disk = partition.leadersDisk().orElseThrow();
        Map<Long, List<RecordBatch>> open = new HashMap<>();
        List<RecordBatch> committed = new ArrayList<>();
        for (long offset = disk.startOffset(); offset < disk.endOffset(); offset++) {
            RecordBatch batch = disk.log().batch(offset);
            if (!batch.isControl()) {
                open.computeIfAbsent(batch.producerId(), producer -> new ArrayList<>())
                        .add(batch);
                continue;
            }
            List<RecordBatch> ended = open.remove(batch.producerId());
            if (ended != null && EndTransactionMarker.of(batch).isCommit()) {
                committed.addAll(ended);
            }
        }
        committed.sort(Comparator.comparingLong(RecordBatch::baseOffset));
        return committed;
    }
}
