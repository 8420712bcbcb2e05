package io.tailrace.systemtests;

import io.tailrace.protocol.TopicPartition;
import io.tailrace.systemtests.rotation.LogFleet;
import io.tailrace.systemtests.rotation.RowJudge;
import io.tailrace.systemtests.rotation.RowReader;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** Injects faults into an agent, its brokers and its disk, and keeps a record of them. Not thread-safe. */
final class RotationChaos {
    private static final int ROWS = 5_000;
    private static final Duration ROWS_MAX = Duration.ofMinutes(3);

    private final LocalCluster cluster;
    private final ClusterWatch watch;
    private final List<TopicPartition> partitions;
    private final Victims victims;
    private final List<String> record = new ArrayList<>();
    private final Map<RotationFault, Integer> counts = new EnumMap<>(RotationFault.class);
    private int filesBegunWhileAway;
    private boolean hasTransactions;
    private final long startNs = System.nanoTime();

    /**
     * What is hit beside brokers.
     *
     * @param added settings of a source that the agent does not have at first
     * @param disk the checkpoint's; empty if it cannot be filled
     * @param judge is told of each kill of the agent after which lines may be doubled
     */
    record Victims(
            FollowingAgent agent, Map<String, String> added, Optional<SmallDisk> disk, LogFleet logs, RowJudge judge) {}

    RotationChaos(LocalCluster cluster, ClusterWatch watch, List<TopicPartition> partitions, Victims victims) {
        this.cluster = cluster;
        this.watch = watch;
        this.partitions = partitions;
        this.victims = victims;
    }

    /** Restarts the agent with transactions. From now on a kill of it doubles nothing. */
    void beginTransactions() throws Exception {
        note("the agent begins to send in transactions");
        hasTransactions = true;
        victims.agent().set("transactions", "true");
        restartAgent(0);
    }

    /** Runs steps, one after the other. */
    void run(List<RotationStep> steps, RowReader reader) throws Exception {
        for (RotationStep step : steps) {
            run(step);
            victims.agent().requireRunning();
            victims.logs().requireAllWriting();
            reader.requireReading();
        }
    }

    /** Runs a step. On return its fault is undone, but brokers may still be recovering. */
    private void run(RotationStep step) throws Exception {
        RotationFault fault = step.fault();
        note("%s %d for %d ms%s"
                .formatted(
                        fault,
                        step.number(),
                        step.lastsMs(),
                        step.killAfterMs().isPresent() ? ", the agent is killed" : ""));
        counts.merge(fault, 1, Integer::sum);
        List<LocalBroker> brokers = brokers(step);
        switch (fault) {
            case AGENT_STOPPED -> restartAgent(step.lastsMs());
            case AGENT_RECONFIGURED -> {
                victims.added().forEach(victims.agent()::set);
                victims.agent().set("poll.interval.ms", String.valueOf(50 + step.number()));
                restartAgent(step.lastsMs());
            }
            case AGENT_KILLED -> {
                awaitRows();
                killAgent(step.lastsMs());
            }
            case LEADER_KILLED, BROKER_KILLED, BROKERS_KILLED, BROKERS_AWAY -> {
                for (LocalBroker broker : brokers) {
                    broker.kill9();
                }
                await(step);
                for (LocalBroker broker : brokers) {
                    broker.start();
                }
                brokers.forEach(LocalBroker::awaitReady);
            }
            case BROKER_PAUSED, BROKERS_PAUSED -> {
                for (LocalBroker broker : brokers) {
                    broker.process().pause();
                }
                await(step);
                for (LocalBroker broker : brokers) {
                    broker.process().resume();
                }
            }
            case DISK_FULL -> fillDisk(step);
        }
        TimeUnit.MILLISECONDS.sleep(step.restMs());
    }

    private List<LocalBroker> brokers(RotationStep step) throws InterruptedException {
        return switch (step.fault()) {
            case LEADER_KILLED -> List.of(leader(step.number()));
            case BROKER_KILLED, BROKER_PAUSED ->
                List.of(cluster.brokers().get(step.number() % cluster.brokers().size()));
            case BROKERS_KILLED, BROKERS_PAUSED, BROKERS_AWAY -> cluster.brokers();
            case AGENT_STOPPED, AGENT_RECONFIGURED, AGENT_KILLED, DISK_FULL -> List.of();
        };
    }

    private LocalBroker leader(int number) throws InterruptedException {
        int id = watch.leader(partitions.get(number % partitions.size()));
        return id >= 0
                ? cluster.broker(id)
                : cluster.brokers().get(number % cluster.brokers().size());
    }

    /** Waits for as long as the fault lasts, and kills the agent meanwhile if the step says so. */
    private void await(RotationStep step) throws Exception {
        long leftMs = step.lastsMs();
        if (step.killAfterMs().isPresent()) {
            long afterMs = step.killAfterMs().getAsLong();
            TimeUnit.MILLISECONDS.sleep(afterMs);
            counts.merge(RotationFault.AGENT_KILLED, 1, Integer::sum);
            killAgent(step.agentAwayMs());
            leftMs = Math.max(0, leftMs - afterMs - step.agentAwayMs());
        }
        TimeUnit.MILLISECONDS.sleep(leftMs);
    }

    /** Waits until rows arrive, so that an agent which is killed then has some in flight. */
    private void awaitRows() {
        long rows = victims.judge().rows();
        Awaitility.await("more rows")
                .atMost(ROWS_MAX)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> victims.judge().rows() >= rows + ROWS);
    }

    private void restartAgent(long awayMs) throws Exception {
        victims.agent().stop();
        startAfter(awayMs);
    }

    private void killAgent(long awayMs) throws Exception {
        if (!hasTransactions) {
            victims.judge().agentKilled();
        }
        victims.agent().kill9();
        startAfter(awayMs);
    }

    /** Starts the agent again. The first time, logs are rotated meanwhile, however slow the machine is. */
    private void startAfter(long awayMs) throws IOException, InterruptedException {
        int begun = victims.logs().filesBegun();
        TimeUnit.MILLISECONDS.sleep(awayMs);
        if (filesBegunWhileAway == 0) {
            victims.logs().askToRotate();
            Awaitility.await("a file that is begun without an agent")
                    .atMost(ROWS_MAX)
                    .pollInterval(Duration.ofMillis(10))
                    .until(() -> victims.logs().filesBegun() > begun);
        }
        filesBegunWhileAway += victims.logs().filesBegun() - begun;
        victims.agent().start();
    }

    private void fillDisk(RotationStep step) throws Exception {
        if (victims.disk().isEmpty()) {
            note("the disk cannot be filled: mounting one requires root");
            return;
        }
        victims.disk().get().fill();
        await(step);
        victims.disk().get().free();
        if (step.killAfterMs().isPresent() && victims.agent().hasEnded()) {
            note("the agent did not start on a full disk");
            victims.agent().start();
        }
    }

    /** Records an event with the current time. */
    void note(String what) {
        String line = "%8.2f s  %s".formatted((System.nanoTime() - startNs) / 1e9, what);
        record.add(line);
        System.out.println(line);
    }

    /** The events so far. */
    List<String> record() {
        return List.copyOf(record);
    }

    /** How often a fault was injected. */
    int count(RotationFault fault) {
        return counts.getOrDefault(fault, 0);
    }

    /** How many files the logs began while the agent was stopped or killed. */
    int filesBegunWhileAway() {
        return filesBegunWhileAway;
    }
}
