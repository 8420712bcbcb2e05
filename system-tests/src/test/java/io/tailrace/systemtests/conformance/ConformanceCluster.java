package io.tailrace.systemtests.conformance;

import io.tailrace.systemtests.LocalBroker;
import io.tailrace.systemtests.LocalCluster;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The cluster that clients with administrative operations run against: two brokers with two disks each. The sessions of brokers
 * and members are long: these tests are not about those that fail, even if the machine is busy.
 */
final class ConformanceCluster {
    private ConformanceCluster() {}

    static LocalCluster start() {
        Map<String, String> settings = new HashMap<>(Map.of(
                "log.dirs", LocalBroker.FOLDER + "-disk-1," + LocalBroker.FOLDER + "-disk-2",
                "offsets.topic.replication.factor", "2",
                "group.initial.rebalance.delay.ms", "100",
                "group.min.session.timeout.ms", "1000"));
        settings.putAll(Map.of(
                "group.consumer.session.timeout.ms", "30000",
                "group.consumer.min.session.timeout.ms", "6000",
                "group.consumer.heartbeat.interval.ms", "1000",
                "group.consumer.min.heartbeat.interval.ms", "1000"));
        return LocalCluster.ofBrokers(2, settings);
    }

    /** The log directories of a broker. */
    static List<Path> disks(LocalBroker broker) {
        return List.of(Path.of(broker.logDirectory() + "-disk-1"), Path.of(broker.logDirectory() + "-disk-2"));
    }
}
