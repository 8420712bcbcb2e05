package io.tailrace.systemtests.conformance;

import static io.tailrace.systemtests.OurClients.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tailrace.client.ConsumerRecord;
import io.tailrace.systemtests.KafkaClients;
import io.tailrace.systemtests.LocalCluster;
import io.tailrace.systemtests.OurClients;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Flume agents that read a folder of files and send their lines through the Kafka sink. */
class FlumeConformanceIT {
    private static final String VERSION = "1.11.0";
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @RegisterExtension
    @Order(1)
    static final CompatibilityTable TABLE = CompatibilityTable.ofVersions("Flume's Kafka sink", VERSION);

    @RegisterExtension
    @Order(2)
    static final LocalCluster CLUSTER = LocalCluster.ofOneBroker();

    private static final String CONFIGURATION = """
            a.sources = s
            a.channels = c
            a.sinks = k
            a.sources.s.type = spooldir
            a.sources.s.spoolDir = %s
            a.sources.s.channels = c
            a.channels.c.type = memory
            a.sinks.k.type = org.apache.flume.sink.kafka.KafkaSink
            a.sinks.k.channel = c
            a.sinks.k.kafka.bootstrap.servers = %s
            a.sinks.k.kafka.topic = %s
            a.sinks.k.kafka.flumeBatchSize = 20
            %s
            """;

    private final OurClients ours = new OurClients(CLUSTER::bootstrapServers);
    private final String topic = "flume-" + UUID.randomUUID();
    private final List<String> lines =
            IntStream.range(0, 90).mapToObj(i -> "line " + i).toList();

    /** Runs an agent with more settings until all lines are in the topic, and returns its records. */
    private List<ConsumerRecord> send(String sinkTopic, String settings) throws Exception {
        new KafkaClients(CLUSTER::bootstrapServers).createTopic(topic, 1);
        Path spool = Files.createDirectories(CLUSTER.folder().resolve(topic));
        Files.write(spool.resolve("access.log"), lines);
        Path file = Files.writeString(
                CLUSTER.folder().resolve(topic + ".conf"),
                CONFIGURATION.formatted(spool, CLUSTER.bootstrapServers(), sinkTopic, settings));
        try (RunningTool agent = RunningTool.start(
                CLUSTER.folder().resolve(topic + ".log"),
                ClientJars.java(
                        List.of(), "flume", "org.apache.flume.node.Application", "-n", "a", "-f", file.toString()))) {
            await().atMost(PATIENCE)
                    .failFast("the agent has ended: " + agent.output(), agent::hasEnded)
                    .until(() -> ours.readAll(topic, 1).size() >= lines.size());
        }
        return ours.readAll(topic, 1);
    }

    @Test
    @Operation("events to the topic of the sink, acks=all, with compression")
    void events() throws Exception {
        assertThat(send(
                        topic,
                        "a.sinks.k.kafka.producer.acks = all\na.sinks.k.kafka.producer.compression.type = snappy"))
                .extracting(record -> text(record.value()))
                .isEqualTo(lines);
    }

    @Test
    @Operation("topic and key from the headers of events")
    void headers() throws Exception {
        List<ConsumerRecord> records = send("unused", """
                a.sources.s.interceptors = i j
                a.sources.s.interceptors.i.type = static
                a.sources.s.interceptors.i.key = topic
                a.sources.s.interceptors.i.value = %s
                a.sources.s.interceptors.j.type = static
                a.sources.s.interceptors.j.key = key
                a.sources.s.interceptors.j.value = web-1
                """.formatted(topic));
        assertThat(records).extracting(record -> text(record.value())).isEqualTo(lines);
        assertThat(records).allMatch(record -> text(record.key()).equals("web-1"));
    }
}
