package io.tailrace.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tailrace.protocol.codec.GroupRecords;
import io.tailrace.protocol.group.GroupRecordKey;
import io.tailrace.protocol.group.OffsetCommitKey;
import io.tailrace.protocol.group.OffsetCommitValue;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Offsets of groups as Apache Kafka's admin client, and a reader of the topic itself, see them. */
class GroupOffsetsIT {
    private static final TopicPartition WEB_0 = new TopicPartition("web", 0);
    private static final TopicPartition WEB_1 = new TopicPartition("web", 1);

    private static BrokerFixture fixture;
    private static Admin admin;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        fixture = new BrokerFixture(directory, Map.of("offsets.retention.check.interval.ms", "200"));
        admin = fixture.admin();
        admin.createTopics(List.of(new NewTopic("web", 2, (short) 1), new NewTopic("short-lived", 1, (short) 1)))
                .all()
                .get();
    }

    @AfterAll
    static void stop() throws Exception {
        admin.close();
        fixture.close();
    }

    @Test
    void offsetsAreSetReadDeletedAndSurviveARestart() throws Exception {
        admin.alterConsumerGroupOffsets(
                        "g", Map.of(WEB_0, new OffsetAndMetadata(5, "note"), WEB_1, new OffsetAndMetadata(6)))
                .all()
                .get();
        assertThat(offsets("g"))
                .isEqualTo(Map.of(WEB_0, new OffsetAndMetadata(5, "note"), WEB_1, new OffsetAndMetadata(6)));

        admin.deleteConsumerGroupOffsets("g", Set.of(WEB_1)).all().get();
        fixture.restart();
        assertThat(offsets("g")).isEqualTo(Map.of(WEB_0, new OffsetAndMetadata(5, "note")));
    }

    @Test
    void groupsAreListedAndDeleted() throws Exception {
        for (String group : List.of("kept", "deleted")) {
            admin.alterConsumerGroupOffsets(group, Map.of(WEB_0, new OffsetAndMetadata(5)))
                    .all()
                    .get();
        }
        assertThat(groups()).contains("kept", "deleted");

        admin.deleteConsumerGroups(List.of("deleted")).all().get();
        assertThat(groups()).contains("kept").doesNotContain("deleted");
        assertThat(offsets("deleted")).isEmpty();
        assertThatThrownBy(
                        () -> admin.deleteConsumerGroups(List.of("none")).all().get())
                .hasCauseInstanceOf(GroupIdNotFoundException.class);
    }

    @Test
    void offsetsOfADeletedTopicAreRemovedAndNothingIsLeftOfTheGroup() throws Exception {
        admin.alterConsumerGroupOffsets(
                        "reader-of-deleted", Map.of(new TopicPartition("short-lived", 0), new OffsetAndMetadata(5)))
                .all()
                .get();
        admin.deleteTopics(List.of("short-lived")).all().get();

        await().untilAsserted(() -> assertThat(groups()).doesNotContain("reader-of-deleted"));
    }

    /** With the default interval of searches, ten minutes. */
    @Test
    void aTopicThatIsCreatedAgainHasNoOffsets(@TempDir Path directory) throws Exception {
        NewTopic topic = new NewTopic("again", 1, (short) 1);
        TopicPartition partition = new TopicPartition("again", 0);
        try (BrokerFixture broker = new BrokerFixture(directory, Map.of());
                Admin client = broker.admin()) {
            client.createTopics(List.of(topic)).all().get();
            client.alterConsumerGroupOffsets("reader", Map.of(partition, new OffsetAndMetadata(5)))
                    .all()
                    .get();
            client.deleteTopics(List.of("again")).all().get();
            client.createTopics(List.of(topic)).all().get();

            assertThat(offsets(client, "reader")).isEmpty();
            await().untilAsserted(() -> assertThat(client.listGroups().all().get())
                    .extracting(GroupListing::groupId)
                    .doesNotContain("reader"));
            broker.restart();
            assertThat(offsets(client, "reader")).isEmpty();
        }
    }

    @Test
    void readersOfTheTopicFindKafkasRecords() throws Exception {
        admin.alterConsumerGroupOffsets("seen", Map.of(WEB_0, new OffsetAndMetadata(5, "note")))
                .all()
                .get();

        OffsetCommitKey key = new OffsetCommitKey("seen", "web", 0);
        Map<GroupRecordKey, OffsetCommitValue> found = new HashMap<>();
        Properties properties = new Properties();
        properties.put("bootstrap.servers", fixture.bootstrap());
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> all = IntStream.range(0, 4)
                    .mapToObj(index -> new TopicPartition("__consumer_offsets", index))
                    .toList();
            consumer.assign(all);
            consumer.seekToBeginning(all);
            await().until(() -> {
                consumer.poll(Duration.ofMillis(100)).forEach(record -> {
                    if (record.value() != null
                            && GroupRecords.decodeKey(ByteBuffer.wrap(record.key()))
                                    .filter(key::equals)
                                    .isPresent()) {
                        found.put(key, (OffsetCommitValue)
                                GroupRecords.decodeValue(key, ByteBuffer.wrap(record.value())));
                    }
                });
                return found.containsKey(key);
            });
        }
        assertThat(found.get(key)).satisfies(value -> {
            assertThat(value.offset()).isEqualTo(5);
            assertThat(value.metadata()).isEqualTo("note");
        });
    }

    private static Map<TopicPartition, OffsetAndMetadata> offsets(String group) throws Exception {
        return offsets(admin, group);
    }

    private static Map<TopicPartition, OffsetAndMetadata> offsets(Admin client, String group) throws Exception {
        return client.listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .get();
    }

    private static List<String> groups() throws Exception {
        return admin.listGroups().all().get().stream()
                .map(GroupListing::groupId)
                .toList();
    }
}
