package io.tailrace.agent;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** ZooKeeper, a broker and a schema registry, each in a process, on free ports. */
final class TestCluster {
    private final Deque<ChildProcess> processes = new ArrayDeque<>();
    private String bootstrap = "";
    private URI registry = URI.create("http://127.0.0.1");

    private TestCluster() {}

    /** Starts the processes, with their data in a folder, and waits until they are ready. */
    static TestCluster start(Path folder) throws IOException, InterruptedException {
        TestCluster cluster = new TestCluster();
        try {
            cluster.startAll(folder);
            return cluster;
        } catch (IOException | InterruptedException | AssertionError e) {
            cluster.close();
            throw e;
        }
    }

    private void startAll(Path folder) throws IOException, InterruptedException {
        ChildProcess zookeeper = start(
                "io.tailrace.server.ZooKeeperCommand",
                "dataDir=" + folder.resolve("zookeeper"),
                "clientPort=0",
                "clientPortAddress=127.0.0.1");
        String zookeeperPort = zookeeper.await("ready on port (\\d+)");
        ChildProcess broker = start(
                "io.tailrace.server.BrokerCommand",
                "broker.id=1",
                "listeners=PLAINTEXT://127.0.0.1:0",
                "zookeeper.connect=127.0.0.1:" + zookeeperPort,
                "log.dirs=" + folder.resolve("broker"),
                "transaction.state.log.replication.factor=1",
                "transaction.state.log.min.isr=1");
        bootstrap = "127.0.0.1:" + broker.await("ready on port (\\d+)");
        ChildProcess schemas = start(
                "io.tailrace.schemas.registry.SchemaRegistryCommand",
                "listeners=http://127.0.0.1:0",
                "kafkastore.bootstrap.servers=" + bootstrap);
        registry = URI.create("http://127.0.0.1:" + schemas.await("ready on port (\\d+)"));
    }

    private ChildProcess start(String mainClass, String... settings) throws IOException {
        List<String> arguments = new ArrayList<>();
        for (String setting : settings) {
            arguments.addAll(List.of("--set", setting));
        }
        ChildProcess process = new ChildProcess(mainClass, "192m", arguments);
        processes.push(process);
        return process;
    }

    String bootstrap() {
        return bootstrap;
    }

    URI registry() {
        return registry;
    }

    /** Kills the processes. */
    void close() throws InterruptedException {
        while (!processes.isEmpty()) {
            processes.pop().kill();
        }
    }
}
