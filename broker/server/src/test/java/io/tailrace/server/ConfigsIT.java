package io.tailrace.server;

import static io.tailrace.server.Batches.batch;
import static io.tailrace.server.Batches.only;
import static io.tailrace.server.Batches.produce;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.AlterConfigsRequest;
import io.tailrace.protocol.message.AlterConfigsResponse;
import io.tailrace.protocol.message.DescribeConfigsRequest;
import io.tailrace.protocol.message.IncrementalAlterConfigsRequest;
import io.tailrace.protocol.message.IncrementalAlterConfigsResponse;
import io.tailrace.protocol.message.ProduceResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.AlterConfigsOptions;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ConfigEntry.ConfigSource;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Dynamic settings, changed with Apache Kafka's admin client. */
class ConfigsIT {
    private static final ConfigResource BROKER = new ConfigResource(ConfigResource.Type.BROKER, "1");
    private static final ConfigResource ALL_BROKERS = new ConfigResource(ConfigResource.Type.BROKER, "");
    private static final String RATE = "leader.replication.throttled.rate";

    private static Path directory;
    private static BrokerFixture fixture;
    private static Admin admin;

    @BeforeAll
    static void start(@TempDir Path temporary) throws Exception {
        directory = temporary;
        fixture = new BrokerFixture(temporary, Map.of("log.segment.bytes", "1000000"));
        admin = fixture.admin();
    }

    @AfterAll
    static void stop() throws Exception {
        admin.close();
        fixture.close();
    }

    @Test
    void settingsReachOpenPartitions() throws Exception {
        ConfigResource topic = create("live");
        try (RawClient client = new RawClient(fixture.port())) {
            assertThat(append(client, "live", 2000)).isEqualTo(ErrorCode.NONE);

            alter(topic, set("max.message.bytes", "1000"), set("segment.bytes", "500"));
            awaitValue(topic, "max.message.bytes", "1000");
            assertThat(append(client, "live", 2000)).isEqualTo(ErrorCode.MESSAGE_TOO_LARGE);
            assertThat(append(client, "live", 400)).isEqualTo(ErrorCode.NONE);
            assertThat(append(client, "live", 400)).isEqualTo(ErrorCode.NONE);
            assertThat(segments("live")).hasSize(3);

            alter(topic, delete("max.message.bytes"), set("message.timestamp.type", "LogAppendTime"));
            awaitValue(topic, "message.timestamp.type", "LogAppendTime");
            assertThat(append(client, "live", 2000)).isEqualTo(ErrorCode.NONE);
            ProduceResponse answer = client.call(produce("live", 1, 60_000, batch("a")), ProduceResponse.class);
            assertThat(only(answer).logAppendTimeMs()).isPositive();
        }
        awaitSource(topic, "max.message.bytes", ConfigSource.DEFAULT_CONFIG);
        awaitValue(topic, "segment.bytes", "500");
        assertThat(entry(topic, "segment.bytes").synonyms())
                .extracting(ConfigEntry.ConfigSynonym::value)
                .containsExactly("500", "1000000");
    }

    @Test
    void listsGrowAndShrink() throws Exception {
        ConfigResource topic = create("listed");

        alter(topic, op("cleanup.policy", "compact", OpType.APPEND));
        awaitValue(topic, "cleanup.policy", "delete,compact");
        alter(topic, op("cleanup.policy", "compact,delete", OpType.APPEND));
        awaitValue(topic, "cleanup.policy", "delete,compact");
        alter(topic, op("cleanup.policy", "delete", OpType.SUBTRACT));
        awaitValue(topic, "cleanup.policy", "compact");

        assertRefused(
                InvalidConfigurationException.class,
                "cleanup.policy=: expected delete, compact",
                () -> alter(topic, op("cleanup.policy", "compact", OpType.SUBTRACT)));
        assertRefused(
                InvalidConfigurationException.class,
                "retention.ms is not a list",
                () -> alter(topic, op("retention.ms", "5", OpType.APPEND)));
        alter(topic, set("leader.replication.throttled.replicas", "0:1"));
        alter(topic, op("leader.replication.throttled.replicas", "1:1,0:1", OpType.APPEND));
        awaitValue(topic, "leader.replication.throttled.replicas", "0:1,1:1");
    }

    @Test
    void changesOfATopicAreAppliedTogetherOrNotAtAll() throws Exception {
        ConfigResource topic = create("whole");

        assertRefused(
                InvalidConfigurationException.class,
                "unknown topic setting retention.sm",
                () -> alter(topic, set("retention.ms", "5"), set("retention.sm", "5")));
        assertRefused(
                InvalidConfigurationException.class,
                "retention.ms=soon: expected a whole number",
                () -> alter(topic, set("segment.bytes", "500"), set("retention.ms", "soon")));
        admin.incrementalAlterConfigs(
                        Map.of(topic, List.of(set("retention.ms", "5"))), new AlterConfigsOptions().validateOnly(true))
                .all()
                .get();
        assertRefused(InvalidConfigurationException.class, "retention.sm", () -> admin.incrementalAlterConfigs(
                        Map.of(topic, List.of(set("retention.sm", "5"))), new AlterConfigsOptions().validateOnly(true))
                .all()
                .get());

        assertThat(config(topic)).noneMatch(entry -> entry.source() == ConfigSource.DYNAMIC_TOPIC_CONFIG);
        assertRefused(
                UnknownTopicOrPartitionException.class,
                "no-such-topic",
                () -> alter(new ConfigResource(ConfigResource.Type.TOPIC, "no-such-topic"), set("retention.ms", "5")));
    }

    @Test
    void omittedSettingsReturnToTheirDefaults() throws Exception {
        ConfigResource topic = create("replaced");
        alter(topic, set("retention.ms", "5"));
        try (RawClient client = new RawClient(fixture.port())) {
            AlterConfigsResponse.Resource answer = replace(client, "replaced", "segment.bytes", "500");
            assertThat(answer.errorCode()).isEqualTo(ErrorCode.NONE);
            awaitSource(topic, "retention.ms", ConfigSource.DEFAULT_CONFIG);
            awaitValue(topic, "segment.bytes", "500");

            assertThat(replace(client, "replaced", "segment.bytes", null).errorCode())
                    .isEqualTo(ErrorCode.INVALID_REQUEST);
            assertThat(replace(client, "replaced", "segment.bytes", "0").errorCode())
                    .isEqualTo(ErrorCode.INVALID_CONFIG);
            awaitValue(topic, "segment.bytes", "500");
        }
    }

    @Test
    void contradictoryRequestsAreRefused() throws Exception {
        create("clear");
        IncrementalAlterConfigsRequest.Config set =
                new IncrementalAlterConfigsRequest.Config("retention.ms", IncrementalAlterConfigsRequest.SET, "5");
        IncrementalAlterConfigsRequest.Resource once =
                new IncrementalAlterConfigsRequest.Resource(DescribeConfigsRequest.TOPIC, "clear", List.of(set));
        IncrementalAlterConfigsRequest.Resource twice =
                new IncrementalAlterConfigsRequest.Resource(DescribeConfigsRequest.TOPIC, "clear", List.of(set, set));
        IncrementalAlterConfigsRequest.Resource strange = new IncrementalAlterConfigsRequest.Resource(
                DescribeConfigsRequest.TOPIC,
                "clear",
                List.of(new IncrementalAlterConfigsRequest.Config("retention.ms", (byte) 4, "5")));
        IncrementalAlterConfigsRequest.Resource logger =
                new IncrementalAlterConfigsRequest.Resource((byte) 8, "1", List.of(set));
        IncrementalAlterConfigsRequest.Resource nobody = new IncrementalAlterConfigsRequest.Resource(
                DescribeConfigsRequest.BROKER,
                "01",
                List.of(new IncrementalAlterConfigsRequest.Config(RATE, IncrementalAlterConfigsRequest.SET, "5")));
        try (RawClient client = new RawClient(fixture.port())) {
            assertThat(errors(client, once, once)).containsExactly(ErrorCode.NONE, ErrorCode.INVALID_REQUEST);
            assertThat(errors(client, twice)).containsExactly(ErrorCode.INVALID_REQUEST);
            assertThat(errors(client, strange)).containsExactly(ErrorCode.INVALID_REQUEST);
            assertThat(errors(client, logger)).containsExactly(ErrorCode.INVALID_REQUEST);
            assertThat(errors(client, nobody)).containsExactly(ErrorCode.INVALID_REQUEST);
        }
    }

    @Test
    void brokersAcceptOnlyDynamicSettings() throws Exception {
        awaitSource(BROKER, RATE, ConfigSource.DEFAULT_CONFIG);
        alter(ALL_BROKERS, set(RATE, "1000"));
        awaitValue(ALL_BROKERS, RATE, "1000");
        awaitSource(BROKER, RATE, ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG);
        alter(BROKER, set(RATE, "500"));
        awaitSource(BROKER, RATE, ConfigSource.DYNAMIC_BROKER_CONFIG);
        awaitValue(BROKER, RATE, "500");
        assertThat(entry(BROKER, RATE).isReadOnly()).isFalse();
        assertThat(entry(BROKER, "log.dirs").isReadOnly()).isTrue();

        assertRefused(
                InvalidConfigurationException.class,
                "num.io.threads cannot be changed while a broker runs, only these can: [" + RATE,
                () -> alter(BROKER, set("num.io.threads", "5")));
        assertRefused(InvalidConfigurationException.class, RATE + "=0", () -> alter(BROKER, set(RATE, "0")));
        alter(BROKER, delete(RATE));
        alter(ALL_BROKERS, delete(RATE));
        awaitSource(BROKER, RATE, ConfigSource.DEFAULT_CONFIG);
    }

    private interface Action {
        void run() throws Exception;
    }

    private static void assertRefused(Class<? extends Exception> cause, String message, Action action) {
        assertThatThrownBy(action::run)
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(cause)
                .hasMessageContaining(message);
    }

    private static ConfigResource create(String topic) throws Exception {
        admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
        return new ConfigResource(ConfigResource.Type.TOPIC, topic);
    }

    private static void alter(ConfigResource resource, AlterConfigOp... ops) throws Exception {
        admin.incrementalAlterConfigs(Map.of(resource, List.of(ops))).all().get();
    }

    private static AlterConfigOp set(String name, String value) {
        return op(name, value, OpType.SET);
    }

    private static AlterConfigOp delete(String name) {
        return op(name, "", OpType.DELETE);
    }

    private static AlterConfigOp op(String name, String value, OpType type) {
        return new AlterConfigOp(new ConfigEntry(name, value), type);
    }

    private static Collection<ConfigEntry> config(ConfigResource resource) throws Exception {
        return Objects.requireNonNull(
                        admin.describeConfigs(List.of(resource), new DescribeConfigsOptions().includeSynonyms(true))
                                .all()
                                .get()
                                .get(resource))
                .entries();
    }

    private static ConfigEntry entry(ConfigResource resource, String name) throws Exception {
        return config(resource).stream()
                .filter(entry -> entry.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** Waits until the broker has acted on a change, which it may have answered before. */
    private static void awaitValue(ConfigResource resource, String name, String value) {
        await().untilAsserted(() -> assertThat(entry(resource, name).value()).isEqualTo(value));
    }

    /** Like {@link #awaitValue}, for where a setting comes from. */
    private static void awaitSource(ConfigResource resource, String name, ConfigSource source) {
        await().untilAsserted(() -> assertThat(entry(resource, name).source()).isEqualTo(source));
    }

    private static ErrorCode append(RawClient client, String topic, int bytes) throws Exception {
        return only(client.call(produce(topic, 1, 60_000, batch("x".repeat(bytes))), ProduceResponse.class))
                .errorCode();
    }

    private static List<Path> segments(String topic) throws Exception {
        try (Stream<Path> files = Files.list(directory.resolve(topic + "-0"))) {
            return files.filter(file -> file.toString().endsWith(".log")).toList();
        }
    }

    private static AlterConfigsResponse.Resource replace(
            RawClient client, String topic, String name, @Nullable String value) throws Exception {
        AlterConfigsRequest.Resource resource = new AlterConfigsRequest.Resource(
                DescribeConfigsRequest.TOPIC, topic, List.of(new AlterConfigsRequest.Config(name, value)));
        return client.call(new AlterConfigsRequest(List.of(resource), false), AlterConfigsResponse.class)
                .responses()
                .get(0);
    }

    private static List<ErrorCode> errors(RawClient client, IncrementalAlterConfigsRequest.Resource... resources)
            throws Exception {
        return client
                .call(
                        new IncrementalAlterConfigsRequest(List.of(resources), false),
                        IncrementalAlterConfigsResponse.class)
                .responses()
                .stream()
                .map(IncrementalAlterConfigsResponse.Resource::errorCode)
                .toList();
    }
}
