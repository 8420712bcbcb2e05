package io.tailrace.simulation;

import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.history.transactions.TransactionHistory;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The cluster of the coordinator's partition and a cluster for each partition with records, in one time. That no broker has two of
 * these partitions makes no difference to the rules: brokers talk to each other as if they were two.
 */
final class TransactionalClusters {
    static final int PARTITIONS = 2;
    /** The node of the first broker of another cluster, behind those of the clients. */
    static final int FIRST_FOREIGN_BROKER = Cluster.FIRST_CLIENT + 3;

    private static final int READER_NODE = Cluster.FIRST_CLIENT + 2;
    private static final String TOPIC = "records";

    final Timeline timeline = new Timeline();
    final TransactionHistory<Long> history = new TransactionHistory<>();
    final Cluster coordinator;
    final TransactionCoordinators coordinators;
    final List<TransactionalPartition> partitions;
    final List<ProducerMachine> machines;
    final ReadingProcess reader;

    private final Random random;
    private final List<Cluster> clusters;
    private long lastValue;
    private boolean producing = true;

    TransactionalClusters(Random random, Trace trace) {
        this.random = random;
        coordinator = new Cluster(
                Settings.withoutLoss(random),
                timeline,
                random,
                trace.at("coordinator"),
                cluster -> new TransactionCoordinators(this, cluster));
        coordinators = (TransactionCoordinators) coordinator.workload;
        partitions = IntStream.range(0, PARTITIONS)
                .mapToObj(index -> partition(index, trace))
                .toList();
        clusters = Stream.concat(Stream.of(coordinator), partitions.stream().map(partition -> partition.cluster))
                .toList();
        machines = IntStream.range(0, 2)
                .mapToObj(index -> new ProducerMachine(this, index))
                .toList();
        reader = new ReadingProcess(this, READER_NODE);
    }

    private TransactionalPartition partition(int index, Trace trace) {
        Cluster cluster = new Cluster(
                Settings.withoutLoss(random),
                timeline,
                random,
                trace.at("partition " + index),
                made -> new TransactionalPartition(this, made, index));
        return (TransactionalPartition) cluster.workload;
    }

    /** The name of a partition in requests and in the history. */
    static TopicPartition name(int index) {
        return new TopicPartition(TOPIC, index);
    }

    List<Cluster> clusters() {
        return clusters;
    }

    void start() {
        clusters.forEach(Cluster::start);
        reader.run();
        Runnable produce = () -> machines.forEach(ProducerMachine::startUnlessRunning);
        if (oneIn(3)) {
            coordinators.useUpEpochs(machines.get(0).transactionalId(), produce);
        } else {
            produce.run();
        }
    }

    /** Injects each fault into one of the clusters, half of them into the coordinator's. */
    void schedule(Schedule schedule) {
        List<List<Step>> steps = new ArrayList<>();
        clusters.forEach(cluster -> steps.add(new ArrayList<>()));
        for (Step step : schedule.steps()) {
            int target = (int) ((step.atMs() + step.forMs()) % (2 * PARTITIONS));
            steps.get(target < clusters.size() ? target : 0).add(step);
        }
        for (int i = 0; i < clusters.size(); i++) {
            new Faults(clusters.get(i)).schedule(new Schedule(steps.get(i)));
        }
    }

    void runUntil(long endMs) {
        while (timeline.runNext(endMs)) {
            check();
        }
    }

    /** Runs until the condition holds, which must be within this time. */
    void await(String what, long msMax, BooleanSupplier reached) {
        long endMs = timeline.nowMs() + msMax;
        while (!reached.getAsBoolean()) {
            if (!timeline.runNext(endMs)) {
                throw new BrokenPromise("after %d ms without faults still not %s: %s".formatted(msMax, what, this));
            }
            check();
        }
    }

    private void check() {
        clusters.forEach(cluster -> cluster.invariants.check());
    }

    void heal() {
        clusters.forEach(Cluster::heal);
        machines.forEach(ProducerMachine::heal);
    }

    /** A fault of a producer. */
    void begin(Step step) {
        machines.get(step.broker() % machines.size()).begin(step);
    }

    void stopProducing() {
        producing = false;
    }

    boolean producing() {
        return producing;
    }

    long nextValue() {
        return ++lastValue;
    }

    long between(long min, long max) {
        return coordinator.between(min, max);
    }

    boolean oneIn(int n) {
        return coordinator.oneIn(n);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        partitions.forEach(partition -> text.append(partition).append("; "));
        machines.forEach(machine -> text.append(machine).append("; "));
        return text.append(reader).toString();
    }
}
