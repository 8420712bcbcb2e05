package io.tailrace.systemtests.conformance;

import io.tailrace.systemtests.LocalCluster;
import java.util.Map;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** kafka-python, written in Python alone, as Debian packages it. */
class KafkaPythonConformanceIT extends ScriptedClientContract {
    @RegisterExtension
    @Order(1)
    static final CompatibilityTable TABLE = CompatibilityTable.ofInstalled(
                    "python3-kafka",
                    "apt-get install python3-kafka (2.0) python3-lz4 python3-snappy python3-zstandard python3-crc32c",
                    () -> InstalledPrograms.python(
                            Map.of(),
                            "import kafka, lz4, snappy, zstandard, crc32c; assert kafka.__version__.startswith('2.0.');"
                                    + " print(kafka.__version__)"))
            .lacking(
                    "producer: idempotent",
                    "transactions: commit and abort, with the offsets of a group",
                    "consumer: read_committed",
                    "group: cooperative rebalance",
                    "group: static members",
                    "group: consumer protocol (KIP-848)",
                    "admin: delete records");

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
    ClientProcess start() throws Exception {
        return ClientProcess.start(
                CLUSTER.folder().resolve("kafka-python.log"),
                Map.of(),
                InstalledPrograms.pythonScript("python/kafka_python.py", CLUSTER.bootstrapServers()));
    }

    /** It reports that it has no metadata of the topic. */
    @Override
    int invalidTopicCode() {
        return 0;
    }

    @Test
    @Operation("admin: delete groups")
    void deletesGroups() {
        deleteGroups();
    }

    @Test
    @Operation("group: new topics that a regular expression matches")
    void findsNewTopicsOfAPattern() {
        findNewTopicsOfAPattern();
    }
}
