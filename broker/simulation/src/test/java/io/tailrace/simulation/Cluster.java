package io.tailrace.simulation;

import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.cluster.ClusterImage;
import io.tailrace.replication.cluster.PartitionImage;
import io.tailrace.replication.history.History;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Three brokers with one partition, a store and a network, in one thread and virtual time. */
final class Cluster {
    /** The network's node of the first client. */
    static final int FIRST_CLIENT = Settings.BROKERS + 1;

    final Settings settings;
    final Timeline timeline;
    final History<Long> history = new History<>();
    final Network network = new Network(this);
    final Promises promises = new Promises(this);
    final Invariants invariants;
    final List<SimulatedBroker> brokers;
    final Store store;
    final Workload workload;
    private final Random random;
    private final Trace trace;
    private long lastValue;
    private boolean producing = true;

    /** @param workload makes what uses the partition, before anything starts */
    Cluster(Settings settings, Random random, Trace trace, Function<Cluster, Workload> workload) {
        this(settings, new Timeline(), random, trace, workload);
    }

    /** Like the other constructor, for one of several clusters in the same time. */
    Cluster(Settings settings, Timeline timeline, Random random, Trace trace, Function<Cluster, Workload> workload) {
        this.settings = settings;
        this.timeline = timeline;
        this.random = random;
        this.trace = trace;
        invariants = new Invariants(this);
        brokers = IntStream.rangeClosed(1, Settings.BROKERS)
                .mapToObj(id -> new SimulatedBroker(this, id))
                .toList();
        List<Integer> ids = new ArrayList<>(List.of(1, 2, 3));
        Collections.shuffle(ids, random);
        store = new Store(this, ids.subList(0, settings.replicas()));
        this.workload = workload.apply(this);
    }

    void start() {
        brokers.forEach(SimulatedBroker::start);
        workload.start();
    }

    /** Runs until this time. */
    void runUntil(long endMs) {
        while (timeline.runNext(endMs)) {
            invariants.check();
        }
    }

    /** Runs until the condition holds, which must be within this time. */
    void await(String what, long msMax, BooleanSupplier reached) {
        long endMs = timeline.nowMs() + msMax;
        while (!reached.getAsBoolean()) {
            if (!timeline.runNext(endMs)) {
                throw new BrokenPromise(
                        "after %d ms without faults still not %s: %s".formatted(msMax, what, store.state()));
            }
            invariants.check();
        }
    }

    /** Ends all faults. */
    void heal() {
        tell(() -> "-- all faults are repaired");
        network.heal();
        for (SimulatedBroker broker : brokers) {
            broker.process().ifPresent(process -> {
                process.resume();
                process.diskIsSlow(false);
            });
            broker.start();
        }
        workload.heal();
    }

    void stopProducing() {
        producing = false;
    }

    boolean producing() {
        return producing;
    }

    /** Whether every replica is in sync under its current registration, and one of them leads. */
    boolean isWhole() {
        return store.state()
                .filter(state -> state.isr().size() == settings.replicas())
                .filter(state -> state.leaderIncarnation().isPresent())
                .filter(state -> state.isr().stream().allMatch(member -> store.image()
                        .broker(member.brokerId())
                        .filter(broker -> broker.incarnation().equals(member) && !broker.draining())
                        .isPresent()))
                .isPresent();
    }

    List<Integer> replicas() {
        return store.assignment().replicas();
    }

    SimulatedBroker broker(int id) {
        return brokers.get(id - 1);
    }

    /** Makes a broker do something that needs its partition, if it runs. */
    void ask(int broker, Consumer<BrokerProcess> request) {
        broker(broker).process().ifPresent(process -> process.onPartition(() -> request.accept(process)));
    }

    void preferLeaders() {
        brokers.forEach(
                broker -> broker.process().ifPresent(process -> process.run(process.controller()::preferLeaders)));
    }

    PartitionImage partitionIn(ClusterImage image) {
        return image.partition(new TopicPartition(Store.TOPIC, 0))
                .orElseGet(() -> new PartitionImage(store.assignment(), null));
    }

    void storeChanged(ClusterImage image, int minInsync) {
        brokers.forEach(
                broker -> broker.process().ifPresent(process -> process.link().changed(image, minInsync)));
    }

    void reachabilityChanged() {
        brokers.forEach(
                broker -> broker.process().ifPresent(process -> process.link().reachabilityChanged()));
    }

    long nextValue() {
        return ++lastValue;
    }

    /** A random number, both bounds inclusive. */
    long between(long min, long max) {
        return min + random.nextInt((int) (max - min + 1));
    }

    boolean oneIn(int n) {
        return random.nextInt(n) == 0;
    }

    void tell(Supplier<String> line) {
        trace.add(timeline.nowMs(), line);
    }
}
