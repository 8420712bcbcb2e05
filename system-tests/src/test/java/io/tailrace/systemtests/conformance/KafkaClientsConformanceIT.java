package io.tailrace.systemtests.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.systemtests.Command;
import io.tailrace.systemtests.LocalCluster;
import io.tailrace.systemtests.conformance.driver.Driver;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Three versions of Kafka's Java client, each in a process with its own jars, with two brokers that have two disks each. */
class KafkaClientsConformanceIT {
    private static final String NEWEST = "4.4.0";
    private static final String LAST_3 = "3.9.2";
    private static final String OLDEST = "3.4.1";

    @RegisterExtension
    @Order(1)
    static final CompatibilityTable TABLE =
            CompatibilityTable.ofVersions("Kafka's Java client (kafka-clients)", NEWEST, LAST_3, OLDEST);

    @RegisterExtension
    @Order(2)
    static final LocalCluster CLUSTER = ConformanceCluster.start();

    /** For all operations of one version together. */
    private static final long DRIVER_SECONDS_MAX = 2_400;

    @ParameterizedTest
    @ValueSource(strings = {NEWEST, LAST_3, OLDEST})
    void everyOperationDoesWhatItShould(String version) throws Exception {
        String client = "kafka-clients-" + version.substring(0, version.lastIndexOf('.'));
        Command driver = Command.run(
                "",
                Map.of(),
                ClientJars.java(
                        List.of(Driver.class, Assertions.class),
                        client,
                        Driver.class.getName(),
                        CLUSTER.bootstrapServers()),
                DRIVER_SECONDS_MAX);
        List<String> lines = driver.lines();
        assertThat(lines.get(0)).isEqualTo(version);
        List<String> failed = new ArrayList<>();
        for (String line : lines.subList(1, lines.size())) {
            String[] row = line.split("\t", -1);
            if (row[1].equals(Driver.FAILED)) {
                failed.add(row[0]);
            }
            TABLE.record(row[0], version, row[1]);
        }
        assertThat(failed).as("failed with " + version + ":\n" + driver.err()).isEmpty();
    }
}
