package io.tailrace.systemtests.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.tailrace.protocol.record.CompressionType;
import io.tailrace.systemtests.LocalCluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** kafkajs, written in JavaScript alone, which has its own implementation of the protocol and of its older versions. */
class KafkajsConformanceIT extends ScriptedClientContract {
    private static final Path MODULES =
            Path.of("target", "clients", "node_modules").toAbsolutePath();

    @RegisterExtension
    @Order(1)
    static final CompatibilityTable TABLE = CompatibilityTable.ofInstalled(
                    "kafkajs", ".ci/clients (it needs nodejs and npm)", KafkajsConformanceIT::version)
            .lacking(
                    "group: new topics that a regular expression matches",
                    "group: cooperative rebalance",
                    "group: static members",
                    "group: consumer protocol (KIP-848)");

    @RegisterExtension
    @Order(2)
    static final LocalCluster CLUSTER = LocalCluster.ofBrokers(1, BROKER);

    private static Optional<String> version() {
        Path description = MODULES.resolve("kafkajs/package.json");
        List<String> newSyntax = List.of("node", "-e", "null ?? 0"); // the script needs Node 14
        if (!Files.exists(description)
                || InstalledPrograms.output(Map.of(), newSyntax).isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new ObjectMapper()
                    .readTree(description.toFile())
                    .get("version")
                    .asText());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
    ClientProcess start() throws Exception {
        return ClientProcess.start(
                CLUSTER.folder().resolve("kafkajs.log"),
                Map.of(),
                List.of(
                        "node",
                        ClientProcess.script("kafkajs/client.js"),
                        MODULES.toString(),
                        CLUSTER.bootstrapServers()));
    }

    /** LZ4 and Zstandard need packages with native code. */
    @Override
    Set<CompressionType> compressions() {
        return EnumSet.of(CompressionType.NONE, CompressionType.GZIP, CompressionType.SNAPPY);
    }

    @Test
    @Operation("transactions: commit and abort, with the offsets of a group")
    void commitsAndAborts() {
        transact();
    }

    @Test
    @Operation("producer: idempotent")
    void producesIdempotently() {
        produceIdempotently();
    }

    @Test
    @Operation("admin: delete groups")
    void deletesGroups() {
        deleteGroups();
    }

    @Test
    @Operation("admin: delete records")
    void deletesRecords() {
        client.produce(partition, numbers(0, 10), Map.of());
        client.call("delete records", Map.of("topic", topic, "partition", 0, "before", 4));

        assertThat(client.offsets(partition, 0).beginning()).isEqualTo(4);
        assertThat(offsets(client.readAll(partition, 6))).startsWith(4L).hasSize(6);
    }

    @Test
    @Operation("admin: reset the offsets of a group")
    void resetsOffsets() {
        String group = "g-" + topic;
        client.produce(partition, numbers(0, 10), Map.of());
        subscribe("member", group);
        client.read("member", 10);
        client.commit("member", partition, 8);
        client.close("member");
        client.call("reset offsets", Map.of("group", group, "topic", topic));

        subscribe("member", group);
        assertThat(values(client.read("member", 10))).isEqualTo(numbers(0, 10));
        client.close("member");
    }
}
