package io.tailrace.systemtests.conformance;

import io.tailrace.systemtests.LocalBroker;
import io.tailrace.systemtests.LocalCluster;
import java.util.HashMap;
import java.util.Map;

/**
 * The cluster that clients with administrative operations run against: two brokers with two disks each. Their sessions are long: these
 * tests are not about brokers that fail, even if the machine is busy.
 */
final class ConformanceCluster {
    private ConformanceCluster() {}

    static LocalCluster start() {
        Map<String, String> settings = new HashMap<>(Map.of(
                "log.dirs", LocalBroker.FOLDER + "-disk-1," + LocalBroker.FOLDER + "-disk-2",
                "zookeeper.session.timeout.ms", "30000",
                "offsets.topic.replication.factor", "2",
                "group.initial.rebalance.delay.ms", "100",
                "group.min.session.timeout.ms", "1000"));
        settings.putAll(Map.of(
                "group.consumer.session.timeout.ms", "6000",
                "group.consumer.min.session.timeout.ms", "6000",
                "group.consumer.heartbeat.interval.ms", "1000",
                "group.consumer.min.heartbeat.interval.ms", "1000"));
        return LocalCluster.ofBrokers(2, settings);
    }
}
