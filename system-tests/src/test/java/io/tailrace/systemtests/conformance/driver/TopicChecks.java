package io.tailrace.systemtests.conformance.driver;

import static io.tailrace.systemtests.conformance.driver.Clients.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ConfigEntry.ConfigSource;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.CreateTopicsResult;
import org.apache.kafka.clients.admin.DeletedRecords;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** The admin client's operations on topics, their settings and their records. */
final class TopicChecks {
    private final Clients clients;

    TopicChecks(Clients clients) {
        this.clients = clients;
    }

    List<Check> all() {
        return List.of(
                Check.of("admin: createTopics", this::createTopics),
                Check.of("admin: createTopics, partitions and settings in the answer", this::createTopicsAnswer),
                Check.of("admin: createTopics, replicas placed by the caller", this::createPlacedTopics),
                Check.of("admin: createTopics, validateOnly", this::validateOnly),
                Check.of("admin: createTopics, errors by topic", this::createTopicsErrors),
                Check.of("admin: listTopics", this::listTopics),
                Check.of("admin: describeTopics", this::describeTopics),
                Check.of("admin: createPartitions", this::createPartitions),
                Check.of("admin: deleteTopics", this::deleteTopics),
                Check.of("admin: describeConfigs of topics", this::describeTopicConfigs),
                Check.of("admin: describeConfigs, synonyms and documentation", this::describeSynonyms),
                Check.of("admin: describeConfigs of brokers", this::describeBrokerConfigs),
                Check.of("admin: incrementalAlterConfigs of topics", this::alterTopicConfigs),
                Check.of("admin: deleteRecords", this::deleteRecords),
                Check.of("admin: listOffsets, earliest, latest, by time, of the highest time", this::listOffsets));
    }

    private void createTopics() throws Exception {
        String topic = Clients.name();
        try (Admin admin = clients.admin()) {
            get(admin.createTopics(
                            List.of(new NewTopic(topic, 3, (short) 2).configs(Map.of("retention.ms", "1234567"))))
                    .all());
            Clients.eventually(() -> {
                TopicDescription description = describe(admin, topic);
                assertThat(description.partitions()).hasSize(3).allSatisfy(partition -> {
                    assertThat(partition.replicas()).hasSize(2);
                    assertThat(partition.isr()).hasSize(2);
                    assertThat(partition.leader())
                            .isEqualTo(partition.replicas().get(0));
                });
                assertThat(configOf(admin, topic).get("retention.ms").value()).isEqualTo("1234567");
            });
        }
    }

    private void createTopicsAnswer() throws Exception {
        String topic = Clients.name();
        try (Admin admin = clients.admin()) {
            CreateTopicsResult result = admin.createTopics(
                    List.of(new NewTopic(topic, 3, (short) 2).configs(Map.of("retention.ms", "1234567"))));
            assertThat(get(result.numPartitions(topic))).isEqualTo(3);
            assertThat(get(result.replicationFactor(topic))).isEqualTo(2);
            assertThat(get(result.config(topic)).get("retention.ms").value()).isEqualTo("1234567");
        }
    }

    private void createPlacedTopics() throws Exception {
        String topic = Clients.name();
        try (Admin admin = clients.admin()) {
            get(admin.createTopics(List.of(new NewTopic(topic, Map.of(0, List.of(2, 1), 1, List.of(1, 2)))))
                    .all());
            Clients.eventually(() -> {
                TopicDescription description = describe(admin, topic);
                assertThat(ClusterChecks.leader(description.partitions().get(0)))
                        .isEqualTo(2);
                assertThat(description.partitions().get(1).replicas())
                        .extracting(node -> node.id())
                        .containsExactly(1, 2);
            });
        }
    }

    private void validateOnly() throws Exception {
        String topic = Clients.name();
        try (Admin admin = clients.admin()) {
            CreateTopicsOptions options = new CreateTopicsOptions().validateOnly(true);
            get(admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1)), options)
                    .all());
            assertThatThrownBy(() -> get(admin.createTopics(List.of(new NewTopic(topic, 1, (short) 9)), options)
                            .all()))
                    .hasCauseInstanceOf(InvalidReplicationFactorException.class);
            assertThat(get(admin.listTopics().names())).doesNotContain(topic);
        }
    }

    private void createTopicsErrors() throws Exception {
        String topic = clients.topic(1);
        try (Admin admin = clients.admin()) {
            NewTopic good = new NewTopic(topic + "-good", 1, (short) 1);
            NewTopic odd = new NewTopic(topic + "-odd", 1, (short) 1).configs(Map.of("retention.days", "1"));
            NewTopic existing = new NewTopic(topic, 1, (short) 1);
            CreateTopicsResult result = admin.createTopics(List.of(existing, odd, good));
            get(Objects.requireNonNull(result.values().get(topic + "-good")));
            assertThatThrownBy(() -> get(Objects.requireNonNull(result.values().get(topic))))
                    .hasCauseInstanceOf(TopicExistsException.class);
            assertThatThrownBy(() -> get(Objects.requireNonNull(result.values().get(topic + "-odd"))))
                    .hasCauseInstanceOf(InvalidConfigurationException.class)
                    .hasMessageContaining("retention.days");
        }
    }

    private void listTopics() throws Exception {
        String topic = clients.topic(1);
        try (Admin admin = clients.admin()) {
            Clients.eventually(() -> {
                assertThat(get(admin.listTopics().names())).contains(topic).noneMatch(name -> name.startsWith("__"));
            });
            // The group's topic exists once a group has been looked for.
            get(admin.listConsumerGroupOffsets(Clients.name()).partitionsToOffsetAndMetadata());
            Clients.eventually(() -> {
                assertThat(get(admin.listTopics(new ListTopicsOptions().listInternal(true))
                                .namesToListings()))
                        .containsKeys(topic, "__consumer_offsets")
                        .hasEntrySatisfying("__consumer_offsets", listing -> assertThat(listing.isInternal())
                                .isTrue());
            });
        }
    }

    private void describeTopics() throws Exception {
        String topic = clients.topic(2);
        try (Admin admin = clients.admin()) {
            Clients.eventually(() -> {
                TopicDescription description = describe(admin, topic);
                assertThat(description.isInternal()).isFalse();
                assertThat(description.partitions())
                        .extracting(partition -> partition.partition())
                        .containsExactly(0, 1);
            });
            assertThatThrownBy(() -> describe(admin, topic + "-none"))
                    .hasCauseInstanceOf(UnknownTopicOrPartitionException.class);
        }
    }

    private void createPartitions() throws Exception {
        String topic = clients.topic(1);
        try (Admin admin = clients.admin()) {
            get(admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(3, List.of(List.of(2), List.of(1)))))
                    .all());
            Clients.eventually(() -> {
                assertThat(describe(admin, topic).partitions())
                        .extracting(ClusterChecks::leader)
                        .hasSize(3)
                        .endsWith(2, 1);
            });
        }
        EveryBroker.awaitTopic(clients.bootstrapServers(), topic, 3);
        clients.send(topic, 3, 30);
        assertThat(clients.read(topic, 3)).hasSize(30);
    }

    private void deleteTopics() throws Exception {
        String topic = clients.topic(1);
        try (Admin admin = clients.admin()) {
            get(admin.deleteTopics(List.of(topic)).all());
            Clients.eventually(() -> {
                assertThat(get(admin.listTopics().names())).doesNotContain(topic);
            });
            assertThatThrownBy(() -> get(admin.deleteTopics(List.of(topic)).all()))
                    .hasCauseInstanceOf(UnknownTopicOrPartitionException.class);
        }
    }

    private void describeTopicConfigs() throws Exception {
        String topic = clients.topic(1, Map.of("segment.bytes", "1048576"));
        try (Admin admin = clients.admin()) {
            Clients.eventually(() -> {
                Config config = configOf(admin, topic);
                assertThat(config.get("segment.bytes").value()).isEqualTo("1048576");
                assertThat(config.get("segment.bytes").source()).isEqualTo(ConfigSource.DYNAMIC_TOPIC_CONFIG);
                assertThat(config.get("cleanup.policy").value()).isEqualTo("delete");
                assertThat(config.get("cleanup.policy").isDefault()).isTrue();
            });
        }
    }

    private void describeSynonyms() throws Exception {
        String topic = clients.topic(1, Map.of("retention.ms", "60000"));
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        try (Admin admin = clients.admin()) {
            DescribeConfigsOptions options =
                    new DescribeConfigsOptions().includeSynonyms(true).includeDocumentation(true);
            Clients.eventually(() -> {
                Config config = Objects.requireNonNull(
                        get(admin.describeConfigs(List.of(resource), options).all())
                                .get(resource));
                ConfigEntry entry = config.get("retention.ms");
                assertThat(entry.synonyms())
                        .extracting(synonym -> synonym.source())
                        .startsWith(ConfigSource.DYNAMIC_TOPIC_CONFIG)
                        .endsWith(ConfigSource.DEFAULT_CONFIG);
                assertThat(entry.documentation()).isNotBlank();
                assertThat(entry.type()).isEqualTo(ConfigEntry.ConfigType.LONG);
            });
        }
    }

    private void describeBrokerConfigs() throws Exception {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.BROKER, "2");
        try (Admin admin = clients.admin()) {
            Config config = Objects.requireNonNull(
                    get(admin.describeConfigs(List.of(resource)).all()).get(resource));
            assertThat(config.get("broker.id").value()).isEqualTo("2");
            assertThat(config.get("broker.id").source()).isEqualTo(ConfigSource.STATIC_BROKER_CONFIG);
        }
    }

    private void alterTopicConfigs() throws Exception {
        String topic = clients.topic(1, Map.of("retention.ms", "60000"));
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        try (Admin admin = clients.admin()) {
            alter(admin, resource, "cleanup.policy", "compact", OpType.APPEND);
            alter(admin, resource, "segment.bytes", "2097152", OpType.SET);
            Clients.eventually(() -> {
                assertThat(configOf(admin, topic).get("cleanup.policy").value()).isEqualTo("delete,compact");
                assertThat(configOf(admin, topic).get("segment.bytes").value()).isEqualTo("2097152");
            });
            alter(admin, resource, "cleanup.policy", "delete", OpType.SUBTRACT);
            alter(admin, resource, "retention.ms", "", OpType.DELETE);
            Clients.eventually(() -> {
                assertThat(configOf(admin, topic).get("cleanup.policy").value()).isEqualTo("compact");
                assertThat(configOf(admin, topic).get("retention.ms").isDefault())
                        .isTrue();
            });
            assertThatThrownBy(() -> alter(admin, resource, "segment.bytes", "many", OpType.SET))
                    .hasCauseInstanceOf(InvalidConfigurationException.class)
                    .hasMessageContaining("segment.bytes");
        }
    }

    private static void alter(Admin admin, ConfigResource resource, String key, String value, OpType type)
            throws Exception {
        get(admin.incrementalAlterConfigs(
                        Map.of(resource, List.of(new AlterConfigOp(new ConfigEntry(key, value), type))))
                .all());
    }

    private void deleteRecords() throws Exception {
        String topic = clients.topic(1);
        TopicPartition partition = new TopicPartition(topic, 0);
        clients.send(topic, 1, 10);
        try (Admin admin = clients.admin()) {
            DeletedRecords deleted =
                    get(Objects.requireNonNull(admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(4)))
                            .lowWatermarks()
                            .get(partition)));
            assertThat(deleted.lowWatermark()).isEqualTo(4);
        }
        assertThat(clients.values(topic)).containsExactly("4", "5", "6", "7", "8", "9");
    }

    private void listOffsets() throws Exception {
        String topic = clients.topic(1);
        clients.sendAll(List.of(
                new ProducerRecord<>(topic, 0, 1_000L, "a", "0"),
                new ProducerRecord<>(topic, 0, 3_000L, "b", "1"),
                new ProducerRecord<>(topic, 0, 2_000L, "c", "2")));
        try (Admin admin = clients.admin()) {
            assertThat(offset(admin, topic, OffsetSpec.earliest()).offset()).isZero();
            assertThat(offset(admin, topic, OffsetSpec.latest()).offset()).isEqualTo(3);
            assertThat(offset(admin, topic, OffsetSpec.forTimestamp(1_500)).offset())
                    .isEqualTo(1);
            assertThat(offset(admin, topic, OffsetSpec.forTimestamp(9_000)).offset())
                    .isEqualTo(-1);
            ListOffsetsResultInfo highest = offset(admin, topic, OffsetSpec.maxTimestamp());
            assertThat(highest.offset()).isEqualTo(1);
            assertThat(highest.timestamp()).isEqualTo(3_000);
        }
    }

    private static ListOffsetsResultInfo offset(Admin admin, String topic, OffsetSpec spec) throws Exception {
        TopicPartition partition = new TopicPartition(topic, 0);
        return get(admin.listOffsets(Map.of(partition, spec)).partitionResult(partition));
    }

    static TopicDescription describe(Admin admin, String topic) throws Exception {
        return Objects.requireNonNull(
                get(admin.describeTopics(List.of(topic)).allTopicNames()).get(topic));
    }

    private static Config configOf(Admin admin, String topic) throws Exception {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        return Objects.requireNonNull(
                get(admin.describeConfigs(List.of(resource)).all()).get(resource));
    }
}
