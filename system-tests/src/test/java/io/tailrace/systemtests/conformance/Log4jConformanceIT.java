package io.tailrace.systemtests.conformance;

import static io.tailrace.systemtests.OurClients.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.client.ConsumerRecord;
import io.tailrace.systemtests.Command;
import io.tailrace.systemtests.LocalCluster;
import io.tailrace.systemtests.OurClients;
import io.tailrace.systemtests.conformance.driver.LineLogger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An application whose log goes to a broker through the Kafka appender of Log4j 2. */
class Log4jConformanceIT {
    private static final String VERSION = "2.25.4";

    @RegisterExtension
    @Order(1)
    static final CompatibilityTable TABLE = CompatibilityTable.ofVersions("Log4j 2's Kafka appender", VERSION);

    @RegisterExtension
    @Order(2)
    static final LocalCluster CLUSTER = LocalCluster.ofOneBroker();

    private static final String CONFIGURATION = """
            <Configuration status="warn">
              <Appenders>
                <Kafka name="kafka" topic="%s" %s>
                  <PatternLayout pattern="%%level %%message"/>
                  <Property name="bootstrap.servers">%s</Property>
                  <Property name="%s">%s</Property>
                </Kafka>
              </Appenders>
              <Loggers>
                <Logger name="io.tailrace" level="info"><AppenderRef ref="kafka"/></Logger>
                <Root level="off"/>
              </Loggers>
            </Configuration>
            """;

    private final OurClients ours = new OurClients(CLUSTER::bootstrapServers);
    private final String topic = "log4j-" + UUID.randomUUID();
    private final List<String> lines =
            IntStream.range(0, 200).mapToObj(i -> "line " + i).toList();

    /** Logs the lines, with attributes of the appender and one setting of its producer. */
    private List<ConsumerRecord> log(String attributes, String key, String value) throws Exception {
        Path file = Files.writeString(
                CLUSTER.folder().resolve(topic + ".xml"),
                CONFIGURATION.formatted(topic, attributes, CLUSTER.bootstrapServers(), key, value));
        Command command = Command.run(
                String.join("\n", lines),
                Map.of(),
                ClientJars.java(
                        List.of(LineLogger.class),
                        "log4j",
                        "-Dlog4j2.configurationFile=" + file,
                        LineLogger.class.getName()));
        command.requireSuccess();
        assertThat(command.err()).doesNotContain("ERROR");
        return ours.readAll(topic, 1);
    }

    private List<String> logged() {
        return lines.stream().map(line -> "INFO " + line).toList();
    }

    @Test
    @Operation("syncSend=true: each line is acknowledged before the application goes on")
    void synchronous() throws Exception {
        assertThat(log("syncSend=\"true\"", "acks", "all"))
                .extracting(record -> text(record.value()))
                .isEqualTo(logged());
    }

    @Test
    @Operation("syncSend=false, with compression")
    void asynchronous() throws Exception {
        assertThat(log("syncSend=\"false\"", "compression.type", "zstd"))
                .extracting(record -> text(record.value()))
                .isEqualTo(logged());
    }

    @Test
    @Operation("key, time of the event")
    void keyAndTime() throws Exception {
        long beforeMs = System.currentTimeMillis();
        List<ConsumerRecord> records =
                log("syncSend=\"false\" key=\"web-1\" sendEventTimestamp=\"true\"", "linger.ms", "5");
        assertThat(records).hasSize(200).allSatisfy(record -> {
            assertThat(text(record.key())).isEqualTo("web-1");
            assertThat(record.timestampMs()).isBetween(beforeMs, System.currentTimeMillis());
        });
    }
}
