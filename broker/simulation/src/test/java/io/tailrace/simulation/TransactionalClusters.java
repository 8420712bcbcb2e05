package io.tailrace.simulation;

import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.history.transactions.TransactionHistory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * The cluster of the coordinator's partition, a cluster for each partition with records, and in some histories one for the offsets
 * of a group that reads the first of these and writes to the second, in one time. That no broker has two of
 * these partitions makes no difference to the rules: brokers talk to each other as if they were two.
 */
final class TransactionalClusters {
    static final int PARTITIONS = 2;
    /** The node of the first machine of producers. */
    static final int FIRST_MACHINE = Cluster.FIRST_CLIENT + 1;

    /** The node of the first broker of another cluster, behind those of the clients. */
    static final int FIRST_FOREIGN_BROKER = Cluster.FIRST_CLIENT + 4;

    private static final int READER_NODE = Cluster.FIRST_CLIENT;
    private static final int TRANSFORMING_ONE_IN = 2;
    private static final long LOOK_MS = 5;
    private static final String TOPIC = "records";

    final Timeline timeline = new Timeline();
    final TransactionHistory<Long> history = new TransactionHistory<>();
    final Cluster coordinator;
    final TransactionCoordinators coordinators;
    final List<TransactionalPartition> partitions;
    final Optional<TransactionalOffsets> offsets;
    final Transformation transformation = new Transformation();
    final List<ProducerMachine> machines;
    final ReadingProcess reader;

    private final Random random;
    private final List<MarkedPartition> marked = new ArrayList<>();
    private final List<Cluster> clusters = new ArrayList<>();
    private long lastValue;
    private boolean producing = true;

    TransactionalClusters(Random random, Trace trace) {
        this.random = random;
        coordinator = cluster("coordinator", trace, made -> new TransactionCoordinators(this, made));
        coordinators = (TransactionCoordinators) coordinator.workload;
        partitions = IntStream.range(0, PARTITIONS)
                .mapToObj(index -> (TransactionalPartition)
                        cluster("partition " + index, trace, made -> new TransactionalPartition(this, made, index))
                                .workload)
                .toList();
        marked.addAll(partitions);
        List<ProducerMachine> producers = new ArrayList<>();
        producers.add(new ProducerMachine(this, 0, null));
        producers.add(new ProducerMachine(this, 1, null));
        if (random.nextInt(TRANSFORMING_ONE_IN) == 0) {
            TransactionalOffsets made = (TransactionalOffsets)
                    cluster("offsets", trace, cluster -> new TransactionalOffsets(this, cluster)).workload;
            offsets = Optional.of(made);
            marked.add(made);
            producers.add(new ProducerMachine(this, 2, made));
        } else {
            offsets = Optional.empty();
        }
        machines = List.copyOf(producers);
        reader = new ReadingProcess(this, READER_NODE);
    }

    private Cluster cluster(String name, Trace trace, Function<Cluster, Workload> workload) {
        Cluster cluster = new Cluster(Settings.withoutLoss(random), timeline, random, trace.at(name), workload);
        clusters.add(cluster);
        return cluster;
    }

    /** The name of a partition in requests and in the history. */
    static TopicPartition name(int index) {
        return new TopicPartition(TOPIC, index);
    }

    TransactionalPartition partition(TopicPartition name) {
        return partitions.get(name.partition());
    }

    /** All partitions that transactions write to, each at the place of its number. */
    List<MarkedPartition> marked() {
        return marked;
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
            int target = (int) ((step.atMs() + step.forMs()) % (2L * (clusters.size() - 1)));
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
            if (timeline.nowMs() >= endMs) {
                throw new BrokenPromise("after %d ms without faults still not %s: %s".formatted(msMax, what, this));
            }
            runUntil(timeline.nowMs() + LOOK_MS);
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
        marked.forEach(partition -> text.append(partition).append("; "));
        machines.forEach(machine -> text.append(machine).append("; "));
        return text.append(reader).toString();
    }
}
