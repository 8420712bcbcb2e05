package io.tailrace.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ConfigEntry.ConfigSource;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.clients.admin.ListConfigResourcesOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Topics with every setting that tools for Apache Kafka send, and settings of groups, with its admin client. */
class SettingsOfOtherToolsIT {
    /** A value other than the default for each setting of Kafka 2 to 4. */
    private static final Map<String, String> EVERYDAY = new TreeMap<>();

    static {
        String settings = """
                cleanup.policy=compact,delete
                compression.gzip.level=6
                compression.lz4.level=3
                compression.type=zstd
                compression.zstd.level=9
                delete.retention.ms=60000
                errors.deadletterqueue.group.enable=true
                file.delete.delay.ms=1000
                flush.messages=1000
                flush.ms=1000
                follower.replication.throttled.replicas=0:1
                index.interval.bytes=8192
                leader.replication.throttled.replicas=0:1
                local.retention.bytes=1000000
                local.retention.ms=3600000
                max.compaction.lag.ms=86400000
                max.decompressed.message.bytes=2000000
                max.message.bytes=2000000
                message.downconversion.enable=false
                message.format.version=2.8-IV1
                message.timestamp.after.max.ms=60000
                message.timestamp.before.max.ms=604800000
                message.timestamp.difference.max.ms=604800000
                message.timestamp.type=LogAppendTime
                min.cleanable.dirty.ratio=0.1
                min.compaction.lag.ms=1000
                min.insync.replicas=2
                preallocate=true
                remote.copy.lag.bytes=5
                remote.copy.lag.ms=5
                remote.log.copy.disable=true
                remote.log.delete.on.disable=true
                remote.storage.enable=false
                retention.bytes=100000000
                retention.ms=86400000
                segment.bytes=1048576
                segment.index.bytes=1048576
                segment.jitter.ms=60000
                segment.ms=3600000
                unclean.leader.election.enable=true
                """;
        settings.lines().forEach(line -> EVERYDAY.put(line.split("=", 2)[0], line.split("=", 2)[1]));
    }

    private static BrokerFixture fixture;
    private static Admin admin;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        fixture = new BrokerFixture(directory, Map.of("group.consumer.session.timeout.ms", "50000"));
        admin = fixture.admin();
    }

    @AfterAll
    static void stop() throws Exception {
        admin.close();
        fixture.close();
    }

    @Test
    void topicIsCreatedWithEverySettingAndShowsIt() throws Exception {
        admin.createTopics(List.of(new NewTopic("everyday", 1, (short) 1).configs(EVERYDAY)))
                .all()
                .get();

        Map<String, String> own = new TreeMap<>();
        for (ConfigEntry entry : describe(topic("everyday"))) {
            if (entry.source() == ConfigSource.DYNAMIC_TOPIC_CONFIG) {
                own.put(entry.name(), entry.value());
            }
        }
        assertThat(own).isEqualTo(EVERYDAY);
    }

    @Test
    void settingsHaveTypesAndDocumentation() throws Exception {
        create("documented");

        assertThat(describe(topic("documented")))
                .allSatisfy(entry -> assertThat(entry.documentation()).isNotBlank());
        assertThat(entry(topic("documented"), "segment.jitter.ms").type()).isEqualTo(ConfigEntry.ConfigType.LONG);
        assertThat(entry(topic("documented"), "cleanup.policy").type()).isEqualTo(ConfigEntry.ConfigType.LIST);
        assertThat(entry(topic("documented"), "preallocate").type()).isEqualTo(ConfigEntry.ConfigType.BOOLEAN);
        assertThat(entry(topic("documented"), "min.cleanable.dirty.ratio").type())
                .isEqualTo(ConfigEntry.ConfigType.DOUBLE);
        assertThat(entry(new ConfigResource(ConfigResource.Type.BROKER, "1"), "log.retention.ms")
                        .type())
                .isEqualTo(ConfigEntry.ConfigType.LONG);
    }

    @Test
    void nonsenseIsRefusedByName() throws Exception {
        assertRefused(
                InvalidConfigurationException.class, "unknown topic setting compresion.type", () -> admin.createTopics(
                                List.of(new NewTopic("refused", 1, (short) 1)
                                        .configs(Map.of("compresion.type", "lz4"))))
                        .all()
                        .get());
        assertRefused(
                InvalidConfigurationException.class,
                "compression.type=brotli: expected one of gzip",
                () -> admin.createTopics(List.of(
                                new NewTopic("refused", 1, (short) 1).configs(Map.of("compression.type", "brotli"))))
                        .all()
                        .get());
        create("contradictory");
        alter(topic("contradictory"), "min.compaction.lag.ms", "1000");
        assertRefused(
                InvalidConfigurationException.class,
                "min.compaction.lag.ms=1000: expected at most max.compaction.lag.ms, which is 10",
                () -> alter(topic("contradictory"), "max.compaction.lag.ms", "10"));
        assertThat(admin.listTopics().names().get()).doesNotContain("refused");
    }

    @Test
    void groupsAreConfiguredAndDescribed() throws Exception {
        ConfigResource group = new ConfigResource(ConfigResource.Type.GROUP, "orders/eu");
        ConfigEntry before = entry(group, "consumer.session.timeout.ms");
        assertThat(before.value()).isEqualTo("50000");
        assertThat(before.source()).isEqualTo(ConfigSource.STATIC_BROKER_CONFIG);

        alter(group, "consumer.session.timeout.ms", "60000");

        // The broker may answer before it has acted on the change.
        ConfigEntry after = await().until(() -> entry(group, "consumer.session.timeout.ms"), entry -> entry.value()
                .equals("60000"));
        assertThat(after.source()).isEqualTo(ConfigSource.DYNAMIC_GROUP_CONFIG);
        assertThat(after.synonyms())
                .extracting(ConfigEntry.ConfigSynonym::name)
                .containsExactly("consumer.session.timeout.ms", "group.consumer.session.timeout.ms");
        assertThat(resources(ConfigResource.Type.GROUP)).containsExactly(group);
        assertRefused(
                InvalidConfigurationException.class,
                "consumer.session.timeout.ms=60001: expected a whole number, from 45000 to 60000",
                () -> alter(group, "consumer.session.timeout.ms", "60001"));
        assertRefused(
                InvalidRequestException.class,
                "expected the id of a group, found none",
                () -> alter(new ConfigResource(ConfigResource.Type.GROUP, ""), "consumer.session.timeout.ms", "50000"));

        admin.incrementalAlterConfigs(Map.of(
                        group,
                        List.of(new AlterConfigOp(new ConfigEntry("consumer.session.timeout.ms", ""), OpType.DELETE))))
                .all()
                .get();
        await().untilAsserted(
                        () -> assertThat(resources(ConfigResource.Type.GROUP)).isEmpty());
    }

    @Test
    void listsWhatCanBeConfigured() throws Exception {
        create("listed");

        assertThat(resources()).contains(topic("listed"), new ConfigResource(ConfigResource.Type.BROKER, "1"));
        assertThat(resources(ConfigResource.Type.TOPIC))
                .contains(topic("listed"))
                .allSatisfy(each -> assertThat(each.type()).isEqualTo(ConfigResource.Type.TOPIC));
        assertThat(resources(ConfigResource.Type.CLIENT_METRICS)).isEmpty();
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

    private static ConfigResource topic(String name) {
        return new ConfigResource(ConfigResource.Type.TOPIC, name);
    }

    private static void create(String topic) throws Exception {
        admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
    }

    private static void alter(ConfigResource resource, String name, String value) throws Exception {
        admin.incrementalAlterConfigs(
                        Map.of(resource, List.of(new AlterConfigOp(new ConfigEntry(name, value), OpType.SET))))
                .all()
                .get();
    }

    private static Collection<ConfigResource> resources(ConfigResource.Type... types) throws Exception {
        return admin.listConfigResources(Set.of(types), new ListConfigResourcesOptions())
                .all()
                .get();
    }

    private static Collection<ConfigEntry> describe(ConfigResource resource) throws Exception {
        DescribeConfigsOptions options =
                new DescribeConfigsOptions().includeSynonyms(true).includeDocumentation(true);
        return Objects.requireNonNull(admin.describeConfigs(List.of(resource), options)
                        .all()
                        .get()
                        .get(resource))
                .entries();
    }

    private static ConfigEntry entry(ConfigResource resource, String name) throws Exception {
        return describe(resource).stream()
                .filter(entry -> entry.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
