package io.tailrace.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.replication.cluster.Broker;
import io.tailrace.replication.cluster.ClusterImage;
import io.tailrace.server.config.BrokerConfig;
import io.tailrace.server.partition.Clocks;
import io.tailrace.server.partition.Partitions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StorageTest {
    private Path directory;

    @BeforeEach
    void in(@TempDir Path temporary) {
        directory = temporary;
    }

    @Test
    void runThatEndsBeforeItIsRegisteredLosesNothing() throws Exception {
        try (Storage storage = open()) {
            storage.registered(7);
        }
        try (Storage storage = open()) {
            assertThat(storage.keptSince()).isEqualTo(7);
        }
        try (Storage storage = open()) {
            storage.registered(9);
            assertThat(storage.keptSince()).isEqualTo(7);
        }
    }

    @Test
    void directoryThatWasNotClosedMayLackRecords() throws Exception {
        try (Storage storage = open()) {
            storage.registered(7);
        }
        Files.delete(directory.resolve(".kafka_cleanshutdown"));

        try (Storage storage = open()) {
            assertThat(storage.keptSince()).isEqualTo(Broker.NONE);
        }
    }

    private Storage open() throws IOException {
        BrokerConfig config = BrokerConfig.of(
                Map.of("broker.id", "1", "log.dirs", directory.toString(), "log.dir.free.bytes.min", "0"));
        return Storage.open(config, "cluster", new Partitions(ClusterImage::empty), Clocks.system());
    }
}
