package io.tailrace.systemtests;

import io.tailrace.systemtests.conformance.ClientJars;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;

/** A broker of Apache Kafka that is measured beside ours: one node, with the heap and the flags of its start script. */
final class MeasuredApacheKafka implements AutoCloseable {
    private static final List<String> FLAGS = List.of(
            "-Xmx1g",
            "-XX:TieredStopAtLevel=4",
            "-XX:-UseSerialGC",
            "-XX:+UseG1GC",
            "-XX:MaxGCPauseMillis=20",
            "-XX:InitiatingHeapOccupancyPercent=35",
            "-XX:+ExplicitGCInvokesConcurrent",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=info");

    /** Only brokers of this process listen on it, and no connection starts from it: a chosen port stays free. */
    private static final String ADDRESS = Host.LOOPBACK.address();

    private final ServerProcess process;
    private final int port;

    private MeasuredApacheKafka(ServerProcess process, int port) {
        this.process = process;
        this.port = port;
    }

    /** Starts a broker with an empty log in a folder, and waits until it is ready. */
    static MeasuredApacheKafka start(Path folder) throws IOException, InterruptedException {
        int port;
        int controllerPort;
        try (ServerSocket broker = anyPort();
                ServerSocket controller = anyPort()) {
            port = broker.getLocalPort();
            controllerPort = controller.getLocalPort();
        }
        Path settings = Files.writeString(LocalCluster.emptyFolder(folder).resolve("server.properties"), """
                process.roles=broker,controller
                node.id=1
                controller.quorum.voters=1@%4$s:%2$d
                listeners=PLAINTEXT://%4$s:%1$d,CONTROLLER://%4$s:%2$d
                advertised.listeners=PLAINTEXT://%4$s:%1$d
                controller.listener.names=CONTROLLER
                log.dirs=%3$s
                offsets.topic.replication.factor=1
                transaction.state.log.replication.factor=1
                transaction.state.log.min.isr=1
                group.initial.rebalance.delay.ms=0
                """.formatted(
                        port, controllerPort, folder.resolve("data"), ADDRESS));
        Command.run(
                        "",
                        Map.of(),
                        ClientJars.java(
                                List.of(),
                                "kafka-tools",
                                "kafka.tools.StorageTool",
                                "format",
                                "--cluster-id",
                                UUID.randomUUID().toString().replace("-", "").substring(0, 22),
                                "--config",
                                settings.toString()))
                .requireSuccess();
        List<String> command = new ArrayList<>(FLAGS);
        command.addAll(List.of("kafka.Kafka", settings.toString()));
        ServerProcess process = ServerProcess.startProgram(
                folder.resolve("kafka.log"),
                Map.of(),
                ClientJars.java(List.of(), "kafka-tools", command.toArray(String[]::new)));
        process.awaitOutput(Pattern.compile("Kafka Server started"));
        return new MeasuredApacheKafka(process, port);
    }

    private static ServerSocket anyPort() throws IOException {
        return new ServerSocket(0, 1, InetAddress.getByName(ADDRESS));
    }

    String bootstrapServers() {
        return ADDRESS + ":" + port;
    }

    /** Processor time of the process since its start. */
    long cpuMs() {
        return process.cpuMs();
    }

    @Override
    public void close() {
        process.close();
    }
}
