package io.tailrace.simulation;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Random;

/**
 * One history of a group whose coordinator runs beside a partition: faults, their repair, and rest. It is determined by the seed
 * and the schedule.
 */
public final class GroupSimulation {
    private static final long REPAIR_MS_MAX = 5_000;
    /** By then messages that were late have arrived, and sessions whose heartbeats were lost have ended. */
    private static final long AFTERMATH_MS = 700;

    private static final long REST_MS = 400;
    private static final long LOOK_MS = 20;

    private final Cluster cluster;
    private final SimulatedGroups groups;
    private final Schedule schedule;

    private GroupSimulation(long seed, Schedule schedule, Trace trace) {
        Random random = new Random(seed);
        this.cluster = new Cluster(Settings.withoutLoss(random), random, trace, SimulatedGroups::new);
        this.groups = (SimulatedGroups) cluster.workload;
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
        return Schedule.of(new Random(~seed), Step.Kind.OF_GROUPS);
    }

    static Optional<String> failure(long seed, Schedule schedule, Trace trace) {
        try {
            new GroupSimulation(seed, schedule, trace).run();
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
        cluster.await("whole", REPAIR_MS_MAX, cluster::isWhole);
        cluster.runUntil(cluster.timeline.nowMs() + AFTERMATH_MS);
        cluster.stopProducing();
        groups.growOnce();
        settle();
    }

    /** Nothing fails any more: the group must come to rest, and no member may be removed. */
    private void settle() {
        long endMs = cluster.timeline.nowMs() + REPAIR_MS_MAX;
        long restSinceMs = cluster.timeline.nowMs();
        int epoch = groups.epoch();
        while (cluster.timeline.nowMs() < restSinceMs + REST_MS) {
            cluster.runUntil(cluster.timeline.nowMs() + LOOK_MS);
            if (!groups.isSettled() || groups.epoch() != epoch) {
                restSinceMs = cluster.timeline.nowMs();
                epoch = groups.epoch();
            }
            if (restSinceMs > endMs) {
                throw new BrokenPromise(
                        "after %d ms without faults still not settled: %s".formatted(REPAIR_MS_MAX, groups));
            }
        }
    }
}
