package io.tailrace.simulation;

import io.tailrace.replication.history.Anomaly;
import io.tailrace.replication.history.History.Entry;
import io.tailrace.replication.history.Verdict;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;

/**
 * One history of a cluster: faults, their repair, a rolling restart, rest, and the verdict. It is determined by the seed and
 * the schedule.
 */
public final class Simulation {
    private static final long REPAIR_MS_MAX = 5_000;
    /** Time until a lagging follower is noticed and a broken session has ended. */
    private static final long AFTERMATH_MS = 350;

    /** Time until every process knows the latest state. */
    private static final long PROPAGATION_MS_MAX = 50;

    private static final Set<Anomaly> UNCLEAN =
            Set.of(Anomaly.LOST, Anomaly.DUPLICATED, Anomaly.REORDERED, Anomaly.INCONSISTENT_OFFSET);

    private final Cluster cluster;
    private final Replication clients;
    private final Schedule schedule;

    private Simulation(long seed, Schedule schedule, Trace trace) {
        Random random = new Random(seed);
        this.cluster = new Cluster(Settings.of(random), random, trace, Replication::new);
        this.clients = (Replication) cluster.workload;
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
        return Schedule.of(new Random(~seed), Step.Kind.OF_PARTITIONS);
    }

    static Optional<String> failure(long seed, Schedule schedule, Trace trace) {
        try {
            new Simulation(seed, schedule, trace).run();
            return Optional.empty();
        } catch (AssertionError | RuntimeException e) {
            return Optional.of(e.toString());
        }
    }

    private void run() {
        cluster.tell(() -> cluster.settings + ", replicas " + cluster.replicas());
        new Faults(cluster).schedule(schedule);
        cluster.start();
        cluster.runUntil(schedule.endMs());
        cluster.heal();
        cluster.runUntil(cluster.timeline.nowMs() + AFTERMATH_MS);
        cluster.await("whole", REPAIR_MS_MAX, cluster::isWhole);
        restartInTurn();
        rest();
        judge();
    }

    /** A rolling restart, leader first, without faults: it must go unnoticed. */
    private void restartInTurn() {
        int leader = cluster.store.state().orElseThrow().leader();
        for (int id : List.of(leader, (int) cluster.between(1, Settings.BROKERS))) {
            cluster.runUntil(cluster.timeline.nowMs() + PROPAGATION_MS_MAX);
            SimulatedBroker broker = cluster.broker(id);
            broker.process().orElseThrow().stop(() -> cluster.invariants.hasHandedOver(id));
            cluster.await("stopped", REPAIR_MS_MAX, () -> broker.process().isEmpty());
            broker.start();
            cluster.await("whole after a restart", REPAIR_MS_MAX, cluster::isWhole);
        }
        int preferred = cluster.replicas().get(0);
        balance(preferred);
        cluster.await("led by the preferred leader", REPAIR_MS_MAX, () -> isLedBy(preferred));
    }

    private void balance(int preferred) {
        if (!isLedBy(preferred)) {
            cluster.preferLeaders();
            cluster.timeline.after(PROPAGATION_MS_MAX, () -> balance(preferred));
        }
    }

    private boolean isLedBy(int broker) {
        return cluster.store.state().orElseThrow().leader() == broker;
    }

    private void rest() {
        cluster.stopProducing();
        cluster.await("all acknowledged", REPAIR_MS_MAX, () -> clients.producers.stream()
                .allMatch(SimulatedProducer::isDone));
        cluster.await("all equal and read to the end", REPAIR_MS_MAX, this::isAtRest);
    }

    private boolean isAtRest() {
        int leader = cluster.store.state().orElseThrow().leader();
        long end = cluster.broker(leader).disk().endOffset();
        return clients.consumer.position() == end
                && cluster.replicas().stream().map(cluster::broker).allMatch(broker -> broker.process()
                        .filter(process -> process.partition().replica().log().endOffset() == end
                                && process.partition().replica().log().highWatermark() == end)
                        .isPresent());
    }

    private void judge() {
        List<Entry<Long>> log = new ArrayList<>();
        Disk disk = cluster.broker(cluster.replicas().get(0)).disk();
        boolean unclean = cluster.settings.uncleanElection();
        for (long offset = unclean ? disk.startOffset() : 0; offset < disk.endOffset(); offset++) {
            Disk.Entry entry =
                    offset < disk.startOffset() ? cluster.promises.committed().get((int) offset) : disk.entry(offset);
            log.add(new Entry<>(offset, entry.value()));
            checkEqual(offset, entry);
        }
        cluster.history.atEnd(SimulatedPartition.ID, log);
        acknowledgeWhatIsLeft(log);
        Verdict verdict = cluster.history.judge();
        if (!(unclean ? verdict.tolerating(UNCLEAN) : verdict).isClean()) {
            throw new BrokenPromise(verdict.toString());
        }
    }

    private void checkEqual(long offset, Disk.Entry entry) {
        for (int id : cluster.replicas()) {
            Disk other = cluster.broker(id).disk();
            if (offset >= other.startOffset() && !other.entry(offset).equals(entry)) {
                throw new BrokenPromise(
                        "broker %d has %s at %d, others have %s".formatted(id, other.entry(offset), offset, entry));
            }
        }
    }

    private void acknowledgeWhatIsLeft(List<Entry<Long>> log) {
        Map<Long, Long> acknowledged = clients.weakProducer.acknowledged();
        for (Entry<Long> entry : log) {
            Long offset = acknowledged.get(entry.value());
            if (offset != null) {
                cluster.history.acknowledged(entry.value(), OptionalLong.of(offset));
            }
        }
    }
}
