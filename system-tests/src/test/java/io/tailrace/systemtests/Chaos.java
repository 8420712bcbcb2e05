package io.tailrace.systemtests;

import io.tailrace.protocol.TopicPartition;
import io.tailrace.systemtests.FaultKind.Link;
import io.tailrace.systemtests.FaultRound.Fault;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Injects faults into a cluster of three brokers and keeps a record of them. */
final class Chaos implements AutoCloseable {
    private static final int FAULTS_AT_A_TIME_MAX = 2;

    private final LocalCluster cluster;
    private final ClusterWatch watch;
    private final List<TopicPartition> partitions;
    private final List<TopicPartition> coordinators;
    private final ScheduledExecutorService executor = Executors.newScheduledThreadPool(FAULTS_AT_A_TIME_MAX);
    private final Queue<String> record = new ConcurrentLinkedQueue<>();
    private final long startNs = System.nanoTime();

    /**
     * @param partitions their leaders are among the victims
     * @param coordinators the partitions of consumer groups, whose leaders are, too
     */
    Chaos(
            LocalCluster cluster,
            ClusterWatch watch,
            List<TopicPartition> partitions,
            List<TopicPartition> coordinators) {
        this.cluster = cluster;
        this.watch = watch;
        this.partitions = partitions;
        this.coordinators = coordinators;
    }

    /** Runs a round. On return every fault of it is undone, but brokers may still be recovering. */
    void run(FaultRound round) throws Exception {
        LocalBroker first = victim(round.faults().get(0));
        List<Future<?>> running = new ArrayList<>();
        for (Fault fault : round.faults()) {
            LocalBroker victim = running.isEmpty() ? first : otherThan(first, fault);
            running.add(executor.schedule(() -> run(fault, victim), fault.afterMs(), TimeUnit.MILLISECONDS));
        }
        for (Future<?> fault : running) {
            try {
                fault.get();
            } catch (ExecutionException e) {
                throw new AssertionError("a fault could not be injected or undone", e.getCause());
            }
        }
        TimeUnit.MILLISECONDS.sleep(round.restMs());
    }

    private LocalBroker victim(Fault fault) throws InterruptedException {
        int id =
                switch (fault.victim()) {
                    case CONTROLLER -> watch.controller();
                    case A_LEADER -> watch.leader(partitions.get(fault.number() % partitions.size()));
                    case A_COORDINATOR -> watch.leader(coordinators.get(fault.number() % coordinators.size()));
                    case ANY -> -1;
                };
        return id >= 0 ? cluster.broker(id) : cluster.brokers().get(fault.number() % 3);
    }

    private LocalBroker otherThan(LocalBroker first, Fault fault) throws InterruptedException {
        LocalBroker wanted = victim(fault);
        return wanted == first ? others(first).get(fault.number() % 2) : wanted;
    }

    private List<LocalBroker> others(LocalBroker broker) {
        return cluster.brokers().stream().filter(each -> each != broker).toList();
    }

    private Void run(Fault fault, LocalBroker victim) throws Exception {
        List<LocalBroker> others = others(victim);
        LocalBroker peer = others.get(fault.number() % 2);
        LocalBroker third = others.get((fault.number() + 1) % 2);
        String what = "broker %d (%s) %s, peer %d".formatted(victim.id(), fault.victim(), fault.kind(), peer.id());
        note("%s, for %d ms".formatted(what, fault.lastsMs()));
        List<Link> links =
                fault.kind().links(victim, peer, third, cluster.zooKeeperHost()).toList();
        begin(fault, victim, links);
        TimeUnit.MILLISECONDS.sleep(fault.lastsMs());
        undo(fault, victim, links);
        note(what + ": undone");
        return null;
    }

    private void begin(Fault fault, LocalBroker victim, List<Link> links) throws Exception {
        switch (fault.kind()) {
            case KILLED -> victim.kill9();
            case STOPPED_CLEANLY -> note("broker %d exited with %d".formatted(victim.id(), victim.terminate()));
            case PAUSED_BRIEFLY, PAUSED_BEYOND_ITS_SESSION -> victim.process().pause();
            default -> {
                for (Link link : links) {
                    network().cut(link.from(), link.to());
                }
            }
        }
    }

    private void undo(Fault fault, LocalBroker victim, List<Link> links) throws Exception {
        switch (fault.kind()) {
            case KILLED, STOPPED_CLEANLY -> victim.restart();
            case PAUSED_BRIEFLY, PAUSED_BEYOND_ITS_SESSION -> victim.process().resume();
            default -> {
                // A link that two faults cut is restored when the first of them ends.
                for (Link link : links) {
                    network().mend(link.from(), link.to());
                }
            }
        }
    }

    private PrivateNetwork network() {
        return cluster.network().orElseThrow(() -> new IllegalStateException("no private network to cut links in"));
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

    /** Injects no more faults. Those in progress are not undone. */
    @Override
    public void close() {
        executor.shutdownNow();
    }
}
