package io.tailrace.systemtests.conformance;

import io.tailrace.systemtests.LocalCluster;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Confluent's client for Python on a newer librdkafka than Debian's: the first with the consumer protocol (KIP-848). */
class NewestLibrdkafkaConformanceIT extends ConfluentContract {
    private static final Path LIBRARY =
            Path.of("target", "clients", "librdkafka").toAbsolutePath();
    /** Variables with which a program that uses librdkafka loads this one. */
    static final Map<String, String> ENVIRONMENT = Map.of("LD_LIBRARY_PATH", LIBRARY.toString());

    static final String INSTALL = ".ci/clients (it needs python3-confluent-kafka, npm, g++ and make)";

    private static final Map<String, String> CONSUMER_PROTOCOL = Map.of("group.protocol", "consumer");

    @RegisterExtension
    @Order(1)
    static final CompatibilityTable TABLE = CompatibilityTable.ofInstalled(
                    "python3-confluent-kafka on a newer librdkafka", INSTALL, NewestLibrdkafkaConformanceIT::version)
            .lacking(ABSENT);

    @RegisterExtension
    @Order(2)
    static final LocalCluster CLUSTER = LocalCluster.ofBrokers(1, BROKER);

    static Optional<String> version() {
        return Files.exists(LIBRARY.resolve("librdkafka.so.1"))
                ? InstalledPrograms.python(ENVIRONMENT, VERSION)
                : Optional.empty();
    }

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
        return ENVIRONMENT;
    }

    @Test
    @Operation("group: consumer protocol (KIP-848)")
    void rebalancesByTheConsumerProtocol() {
        assertMovesOnlyWhatItMust(CONSUMER_PROTOCOL);
    }

    @Test
    @Operation("group: consumer protocol, static members")
    void staticMembersOfTheConsumerProtocolKeepTheirPartitions() {
        assertStaticMembersReturn(new HashMap<>(CONSUMER_PROTOCOL));
    }
}
