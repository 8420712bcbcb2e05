package io.tailrace.schemas.registry;

import io.tailrace.coordination.DevelopmentZooKeeper;
import io.tailrace.server.BrokerServer;
import io.tailrace.server.config.BrokerConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** A ZooKeeper and a broker in this process. */
final class RunningBroker implements AutoCloseable {
    private final DevelopmentZooKeeper zooKeeper;
    private final BrokerServer broker;

    private RunningBroker(DevelopmentZooKeeper zooKeeper, BrokerServer broker) {
        this.zooKeeper = zooKeeper;
        this.broker = broker;
    }

    /** Starts both on free loopback ports, with their files in an empty folder. */
    static RunningBroker start(Path folder) throws IOException, InterruptedException {
        DevelopmentZooKeeper zooKeeper = DevelopmentZooKeeper.start(Map.of(
                "dataDir",
                folder.resolve("zookeeper").toString(),
                "clientPort",
                "0",
                "clientPortAddress",
                "127.0.0.1"));
        try {
            BrokerServer broker = BrokerServer.start(BrokerConfig.of(Map.of(
                    "broker.id", "1",
                    "listeners", "PLAINTEXT://127.0.0.1:0",
                    "log.dirs", folder.resolve("logs").toString(),
                    "log.dir.free.bytes.min", "0",
                    "zookeeper.connect", "127.0.0.1:" + zooKeeper.port())));
            return new RunningBroker(zooKeeper, broker);
        } catch (IOException | InterruptedException | RuntimeException e) {
            zooKeeper.close();
            throw e;
        }
    }

    String bootstrapServers() {
        return "127.0.0.1:" + broker.port();
    }

    @Override
    public void close() throws IOException {
        try (zooKeeper) {
            broker.close();
        }
    }
}
