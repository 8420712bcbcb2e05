package io.tailrace.client;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.metadata.storage.Formatter;

/** Apache Kafka's broker in a separate process, acting as its own controller. */
public final class ApacheKafka implements AutoCloseable {
    private final Process process;
    private final String bootstrapServers;

    private ApacheKafka(Process process, String bootstrapServers) {
        this.process = process;
        this.bootstrapServers = bootstrapServers;
    }

    /** Starts a broker with its files in an empty folder. Returns before clients can reach it. */
    public static ApacheKafka start(Path folder) throws Exception {
        String host = loopbackAddress();
        int port = freePort(host);
        int controllerPort = freePort(host);
        Path logs = Files.createDirectory(folder.resolve("logs"));
        Path config = Files.write(
                folder.resolve("server.properties"),
                List.of(
                        "process.roles=broker,controller",
                        "node.id=1",
                        "controller.quorum.voters=1@" + host + ":" + controllerPort,
                        "listeners=PLAINTEXT://" + host + ":" + port + ",CONTROLLER://" + host + ":" + controllerPort,
                        "controller.listener.names=CONTROLLER",
                        "log.dirs=" + logs,
                        "num.partitions=2",
                        "offsets.topic.num.partitions=1",
                        "offsets.topic.replication.factor=1",
                        "transaction.state.log.num.partitions=1",
                        "transaction.state.log.replication.factor=1",
                        "transaction.state.log.min.isr=1",
                        "group.initial.rebalance.delay.ms=0",
                        // Tests write records of 1970, which retention would delete.
                        "log.retention.ms=-1"));
        format(logs);
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx384m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        "kafka.Kafka",
                        config.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("kafka.out").toFile())
                .start();
        return new ApacheKafka(process, host + ":" + port);
    }

    private static void format(Path logs) throws Exception {
        new Formatter()
                .setPrintStream(new PrintStream(PrintStream.nullOutputStream(), false))
                .setNodeId(1)
                .setClusterId(Uuid.randomUuid().toString())
                .setControllerListenerName("CONTROLLER")
                .setMetadataLogDirectory(Optional.of(logs.toString()))
                .addDirectory(logs.toString())
                .run();
    }

    /**
     * An address of 127.214.0.0/16 that depends on this process's id. The broker takes its ports later than they are chosen, and
     * nothing else listens on or connects from this address meanwhile. Other systems than Linux have one loopback address.
     */
    private static String loopbackAddress() {
        if (!System.getProperty("os.name").equals("Linux")) {
            return "127.0.0.1";
        }
        long pid = ProcessHandle.current().pid();
        return "127.214.%d.%d".formatted(pid / 256 % 256, pid % 256);
    }

    private static int freePort(String host) {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(host))) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Its address for clients. */
    public String bootstrapServers() {
        return bootstrapServers;
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit()
                .orTimeout(20, TimeUnit.SECONDS)
                .exceptionally(late -> process.destroyForcibly())
                .join();
    }
}
