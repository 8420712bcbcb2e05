package io.tailrace.systemtests.conformance;

import io.tailrace.systemtests.LocalCluster;
import java.util.Map;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Confluent's client for Python and librdkafka, both as Debian packages them. */
class ConfluentConformanceIT extends ConfluentContract {
    @RegisterExtension
    @Order(1)
    static final CompatibilityTable TABLE = CompatibilityTable.ofInstalled(
                    "python3-confluent-kafka",
                    "apt-get install python3-confluent-kafka",
                    () -> InstalledPrograms.python(Map.of(), VERSION))
            .lacking(ABSENT)
            .lacking("group: consumer protocol (KIP-848)");

    @RegisterExtension
    @Order(2)
    static final LocalCluster CLUSTER = LocalCluster.ofBrokers(1, BROKER);

    @Override
    CompatibilityTable table() {
        return TABLE;
    }

    @Override
    LocalCluster cluster() {
        return CLUSTER;
    }

    @Override
    Map<String, String> environment() {
        return Map.of();
    }
}
