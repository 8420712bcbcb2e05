package io.tailrace.simulation;

import java.util.List;

/** Producers and a consumer. */
final class Replication implements Workload {
    final List<SimulatedProducer> producers;
    final WeakProducer weakProducer;
    final SimulatedConsumer consumer;

    Replication(Cluster cluster) {
        int node = Cluster.FIRST_CLIENT;
        producers = List.of(new SimulatedProducer(cluster, node), new SimulatedProducer(cluster, node + 1));
        weakProducer = new WeakProducer(cluster, node + 2, (int) cluster.between(0, 1));
        consumer = new SimulatedConsumer(cluster, node + 3);
    }

    @Override
    public void start() {
        producers.forEach(SimulatedProducer::run);
        weakProducer.run();
        consumer.run();
    }
}
