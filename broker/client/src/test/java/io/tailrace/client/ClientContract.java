package io.tailrace.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.record.CompressionType;
import io.tailrace.testing.WaitLimit;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The contract of producer, consumer and admin client, run against every kind of broker. */
@SuppressWarnings("NullAway.Init") // fields are set before each test
public abstract class ClientContract {
    private static final Duration POLL = Duration.ofMillis(200);

    private ClusterAdmin admin;
    private String topic;

    /** The brokers to run against. */
    protected abstract String bootstrapServers();

    @BeforeEach
    void connect() {
        admin = ClusterAdmin.create(ClientConfig.of(bootstrapServers()));
        topic = "contract-" + UUID.randomUUID();
    }

    @AfterEach
    void disconnect() {
        admin.close();
    }

    private void createTopic(int partitions) {
        admin.createTopic(new NewTopic(topic, OptionalInt.of(partitions), OptionalInt.of(1), Map.of()));
    }

    private TopicDescription described() {
        return Objects.requireNonNull(admin.describe(List.of(topic)).get(topic));
    }

    private static ErrorCode refusal(CompletableFuture<RecordMetadata> future) {
        assertThat(future).failsWithin(WaitLimit.WAIT_MAX);
        return Retry.errorOf(future.handle((metadata, failure) -> failure).join());
    }

    private ConsumerConfig.Builder reading() {
        return ConsumerConfig.builder(bootstrapServers()).offsetReset(OffsetReset.EARLIEST);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static List<ConsumerRecord> read(Consumer consumer, int count) {
        List<ConsumerRecord> records = new ArrayList<>();
        long deadline = System.nanoTime() + WaitLimit.WAIT_MAX.toNanos();
        while (records.size() < count && System.nanoTime() < deadline) {
            records.addAll(consumer.poll(POLL));
        }
        return records;
    }

    private List<RecordMetadata> send(ProducerConfig config, int count) {
        List<CompletableFuture<RecordMetadata>> futures = new ArrayList<>();
        try (Producer producer = Producer.create(config)) {
            for (int i = 0; i < count; i++) {
                futures.add(producer.send(new ProducerRecord(
                        topic,
                        OptionalInt.of(0),
                        OptionalLong.of(1_000 + i),
                        bytes("key" + i),
                        bytes("value" + i),
                        List.of(new Header("n", bytes("" + i)), new Header("n", null)))));
            }
        }
        return futures.stream().map(CompletableFuture::join).toList();
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void recordsComeBackAsTheyWereSent(CompressionType compression) {
        createTopic(1);
        TopicPartition partition = new TopicPartition(topic, 0);
        List<RecordMetadata> sent = send(
                ProducerConfig.builder(bootstrapServers())
                        .compression(compression)
                        .batchBytesMax(2_000)
                        .build(),
                500);
        assertThat(sent)
                .extracting(metadata -> metadata.offset().getAsLong())
                .containsExactlyElementsOf(
                        IntStream.range(0, 500).mapToObj(Long::valueOf).toList());
        try (Consumer consumer = Consumer.create(reading().build())) {
            consumer.assign(List.of(partition));
            List<ConsumerRecord> records = read(consumer, 500);
            assertThat(records).hasSize(500);
            for (int i = 0; i < 500; i++) {
                ConsumerRecord record = records.get(i);
                assertThat(record.topicPartition()).isEqualTo(partition);
                assertThat(record.offset()).isEqualTo(i);
                assertThat(record.timestampMs()).isEqualTo(1_000 + i);
                assertThat(record.key()).isEqualTo(bytes("key" + i));
                assertThat(record.value()).isEqualTo(bytes("value" + i));
                assertThat(record.headers()).hasSize(2);
                assertThat(record.headers().get(0).value()).isEqualTo(bytes("" + i));
                assertThat(record.headers().get(1).value()).isNull();
            }
            assertThat(consumer.position(partition)).isEqualTo(500);
        }
    }

    @Test
    void nullKeysAndValuesAreKept() throws Exception {
        createTopic(1);
        try (Producer producer = Producer.create(ProducerConfig.of(bootstrapServers()));
                Consumer consumer = Consumer.create(reading().build())) {
            producer.send(ProducerRecord.of(topic, null, null)).get(60, TimeUnit.SECONDS);
            consumer.assign(List.of(new TopicPartition(topic, 0)));
            ConsumerRecord record = read(consumer, 1).get(0);
            assertThat(record.key()).isNull();
            assertThat(record.value()).isNull();
        }
    }

    @ParameterizedTest
    @EnumSource(Acks.class)
    void recordsAreDeliveredWithEveryAcksSetting(Acks acks) throws Exception {
        createTopic(1);
        ProducerConfig config = ProducerConfig.builder(bootstrapServers())
                .idempotent(false)
                .acks(acks)
                .build();
        try (Producer producer = Producer.create(config);
                Consumer consumer = Consumer.create(reading().build())) {
            RecordMetadata metadata =
                    producer.send(ProducerRecord.of(topic, null, bytes("x"))).get(60, TimeUnit.SECONDS);
            assertThat(metadata.offset().isPresent()).isEqualTo(acks != Acks.NONE);
            consumer.assign(List.of(new TopicPartition(topic, 0)));
            assertThat(read(consumer, 1)).hasSize(1);
        }
    }

    @Test
    void recordsWithoutKeySpreadOverAllPartitions() {
        createTopic(3);
        Set<Integer> partitions = new HashSet<>();
        ProducerConfig config =
                ProducerConfig.builder(bootstrapServers()).batchBytesMax(1_000).build();
        List<CompletableFuture<RecordMetadata>> futures = new ArrayList<>();
        try (Producer producer = Producer.create(config)) {
            for (int i = 0; i < 200; i++) {
                futures.add(producer.send(ProducerRecord.of(topic, null, new byte[100])));
            }
        }
        futures.forEach(future -> partitions.add(future.join().topicPartition().partition()));
        assertThat(partitions).containsExactlyInAnyOrder(0, 1, 2);
    }

    @Test
    void consumerResumesAtItsCommittedOffsets() {
        createTopic(1);
        send(ProducerConfig.of(bootstrapServers()), 100);
        TopicPartition partition = new TopicPartition(topic, 0);
        ConsumerConfig config = reading().group("group-" + topic).build();
        try (Consumer consumer = Consumer.create(config)) {
            assertThat(consumer.committed(List.of(partition))).isEmpty();
            consumer.commit(Map.of(partition, 42L));
        }
        try (GroupAdmin groups = GroupAdmin.create(ClientConfig.of(bootstrapServers()))) {
            assertThat(groups.committed("group-" + topic)).containsExactly(Map.entry(partition, 42L));
        }
        try (Consumer consumer = Consumer.create(config)) {
            consumer.assign(List.of(partition));
            assertThat(consumer.position(partition)).isEqualTo(42);
            assertThat(read(consumer, 1).get(0).offset()).isEqualTo(42);
            assertThat(consumer.committed(List.of(partition))).containsEntry(partition, 42L);
        }
    }

    @Test
    void groupsAreListedDescribedMovedAndDeleted() {
        createTopic(2);
        TopicPartition read = new TopicPartition(topic, 0);
        String group = "group-" + topic;
        try (GroupAdmin groups = GroupAdmin.create(ClientConfig.of(bootstrapServers()))) {
            assertThat(groups.describe(group).state()).isEqualTo(GroupDescription.DEAD);
            groups.commit(group, Map.of(read, 7L));

            assertThat(groups.committed(group)).isEqualTo(Map.of(read, 7L));
            assertThat(groups.groups())
                    .filteredOn(listed -> listed.groupId().equals(group))
                    .extracting(GroupListing::type)
                    .containsExactly(GroupDescription.CLASSIC);
            assertThat(groups.describe(group))
                    .isEqualTo(new GroupDescription(group, GroupDescription.CLASSIC, "Empty", "", List.of()));

            groups.delete(group);
            assertThat(groups.committed(group)).isEmpty();
            assertThat(groups.describe(group).state()).isEqualTo(GroupDescription.DEAD);
            assertThatThrownBy(() -> groups.delete(group)).hasMessageContaining(group + ": GROUP_ID_NOT_FOUND");
        }
    }

    @Test
    void settingsOfAGroupAreChangedAllOrNone() {
        String group = "group-" + topic;
        String session = "consumer.session.timeout.ms";
        try (GroupAdmin groups = GroupAdmin.create(ClientConfig.of(bootstrapServers()))) {
            assertThat(groups.config(group)).contains(new ConfigEntry(session, "45000", true));

            groups.configure(group, Map.of(session, Optional.of("50000")));
            await().untilAsserted(
                            () -> assertThat(groups.config(group)).contains(new ConfigEntry(session, "50000", false)));
            assertThatThrownBy(() -> groups.configure(
                            group, Map.of(session, Optional.of("55000"), "no.such.setting", Optional.of("1"))))
                    .isInstanceOfSatisfying(ClientException.class, failure -> assertThat(failure.errorCode())
                            .isIn(ErrorCode.INVALID_CONFIG, ErrorCode.INVALID_REQUEST))
                    .hasMessageContaining("no.such.setting");
            assertThat(groups.config(group)).contains(new ConfigEntry(session, "50000", false));

            groups.configure(group, Map.of(session, Optional.empty()));
            await().untilAsserted(
                            () -> assertThat(groups.config(group)).contains(new ConfigEntry(session, "45000", true)));
        }
    }

    @Test
    void aTopicThatIsCreatedAgainIsReadFromItsBeginning() {
        createTopic(1);
        send(ProducerConfig.of(bootstrapServers()), 5);
        TopicPartition partition = new TopicPartition(topic, 0);
        try (Consumer consumer = Consumer.create(reading().build())) {
            consumer.assign(List.of(partition));
            assertThat(read(consumer, 5)).hasSize(5);
            admin.deleteTopics(List.of(topic));
            await().until(() -> !admin.topics(false).contains(topic));
            createTopic(1);
            send(ProducerConfig.of(bootstrapServers()), 20);

            assertThat(read(consumer, 20))
                    .extracting(ConsumerRecord::offset)
                    .startsWith(0L, 1L, 2L)
                    .hasSize(20);
        }
    }

    @Test
    void offsetsAndTimestampsAreLookedUpForEachPartition() {
        createTopic(2);
        TopicPartition full = new TopicPartition(topic, 0);
        TopicPartition empty = new TopicPartition(topic, 1);
        TopicPartition missing = new TopicPartition(topic, 2);
        TopicPartition unknown = new TopicPartition("no-" + topic, 0);
        try (Producer producer = Producer.create(ProducerConfig.builder(bootstrapServers())
                        .compression(CompressionType.ZSTD)
                        .build());
                GroupAdmin groups = GroupAdmin.create(ClientConfig.of(bootstrapServers()))) {
            for (long i = 0; i < 10; i++) {
                var unused = producer.send(new ProducerRecord(
                        topic,
                        OptionalInt.of(0),
                        OptionalLong.of(1_000 * i),
                        null,
                        "x".getBytes(StandardCharsets.UTF_8),
                        List.of()));
            }
            producer.flush(WaitLimit.WAIT_MAX);

            Map<TopicPartition, Long> at = Map.of(full, 2_500L, empty, 2_500L, missing, 2_500L, unknown, 2_500L);
            assertThat(groups.offsets(at))
                    .isEqualTo(Map.of(
                            full, new PartitionOffset(ErrorCode.NONE, OptionalLong.of(3)),
                            empty, new PartitionOffset(ErrorCode.NONE, OptionalLong.empty()),
                            missing, new PartitionOffset(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, OptionalLong.empty()),
                            unknown, new PartitionOffset(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, OptionalLong.empty())));
            assertThat(groups.timestampsMs(Map.of(full, 4L, empty, 0L, unknown, 0L)))
                    .isEqualTo(Map.of(full, 4_000L));
            assertThat(groups.timestampsMs(Map.of(full, 10L))).isEmpty();
            assertThat(groups.partitionCounts(List.of(topic, "no-" + topic))).isEqualTo(Map.of(topic, 2));
        }
    }

    @Test
    void seekMovesBackAndForthAndIntoTheMiddleOfABatch() {
        createTopic(1);
        send(ProducerConfig.of(bootstrapServers()), 100);
        TopicPartition partition = new TopicPartition(topic, 0);
        try (Consumer consumer = Consumer.create(reading().pollRecordsMax(7).build())) {
            consumer.assign(List.of(partition));
            consumer.seek(partition, 57);
            assertThat(read(consumer, 1))
                    .hasSizeBetween(1, 7)
                    .first()
                    .extracting(ConsumerRecord::offset)
                    .isEqualTo(57L);
            consumer.seek(partition, 3);
            assertThat(read(consumer, 1).get(0).offset()).isEqualTo(3);
            consumer.seekToBeginning(List.of(partition));
            assertThat(read(consumer, 1).get(0).offset()).isEqualTo(0);
            consumer.seekToEnd(List.of(partition));
            assertThat(consumer.position(partition)).isEqualTo(100);
            assertThat(consumer.poll(Duration.ofMillis(50))).isEmpty();
        }
    }

    @Test
    void positionPastTheEndFailsWithTheLogsRange() {
        createTopic(1);
        send(ProducerConfig.of(bootstrapServers()), 10);
        TopicPartition partition = new TopicPartition(topic, 0);
        try (Consumer consumer =
                Consumer.create(reading().offsetReset(OffsetReset.NONE).build())) {
            consumer.assign(List.of(partition));
            consumer.seek(partition, 1_000);
            assertThatThrownBy(() -> consumer.poll(WaitLimit.WAIT_MAX))
                    .isInstanceOfSatisfying(OffsetOutOfRangeException.class, e -> {
                        assertThat(e.position()).isEqualTo(1_000);
                        assertThat(e.logStartOffset()).isZero();
                        assertThat(e.highWatermark()).isEqualTo(10);
                    });
            consumer.seek(partition, 9);
            assertThat(read(consumer, 1)).hasSize(1);
        }
    }

    @Test
    void recordLargerThanTheTopicAllowsFailsAlone() {
        admin.createTopic(
                new NewTopic(topic, OptionalInt.of(1), OptionalInt.of(1), Map.of("max.message.bytes", "2000")));
        List<CompletableFuture<RecordMetadata>> futures = new ArrayList<>();
        try (Producer producer = Producer.create(ProducerConfig.of(bootstrapServers()))) {
            for (int i = 0; i < 50; i++) {
                futures.add(producer.send(ProducerRecord.of(topic, null, new byte[i == 20 ? 3_000 : 300])));
            }
        }
        for (int i = 0; i < 50; i++) {
            if (i == 20) {
                assertThat(refusal(futures.get(i))).isEqualTo(ErrorCode.MESSAGE_TOO_LARGE);
            } else {
                assertThat(futures.get(i).join().offset()).hasValue(i < 20 ? i : i - 1);
            }
        }
    }

    @Test
    void topicsAreCreatedDescribedGrownAndDeleted() {
        admin.createTopic(
                new NewTopic(topic, OptionalInt.of(2), OptionalInt.of(1), Map.of("retention.ms", "123456789")));
        await().until(() -> admin.topics(false).contains(topic));
        TopicDescription described = described();
        assertThat(described.partitions()).hasSize(2).allSatisfy(partition -> {
            assertThat(partition.leader()).isPresent();
            assertThat(partition.isr()).hasSize(1);
        });
        assertThat(admin.topicConfig(topic)).contains(new ConfigEntry("retention.ms", "123456789", false));
        admin.createPartitions(topic, 3);
        await().untilAsserted(() -> assertThat(described().partitions()).hasSize(3));
        assertThatThrownBy(() -> admin.createTopic(new NewTopic(topic, OptionalInt.of(1), OptionalInt.of(1), Map.of())))
                .isInstanceOfSatisfying(ClientException.class, e -> assertThat(e.errorCode())
                        .isEqualTo(ErrorCode.TOPIC_ALREADY_EXISTS));
        admin.deleteTopics(List.of(topic));
        await().untilAsserted(() -> assertThatThrownBy(() -> admin.describe(List.of(topic)))
                .isInstanceOfSatisfying(ClientException.class, e -> assertThat(e.errorCode())
                        .isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)));
        assertThat(admin.cluster().nodes()).isNotEmpty();
        assertThat(admin.cluster().controllerId()).isPresent();
    }

    @Test
    void settingsAreChangedAndRemoved() {
        createTopic(1);
        admin.configureTopic(topic, Map.of("retention.ms", Optional.of("5"), "segment.bytes", Optional.of("2000000")));
        assertSetting(new ConfigEntry("retention.ms", "5", false));
        admin.configureTopic(topic, Map.of("retention.ms", Optional.empty()));
        await().untilAsserted(() -> assertThat(admin.topicConfig(topic))
                .filteredOn(entry -> entry.name().equals("retention.ms"))
                .extracting(ConfigEntry::isDefault)
                .containsExactly(true));
        assertSetting(new ConfigEntry("segment.bytes", "2000000", false));
        assertThatThrownBy(() -> admin.configureTopic(topic, Map.of("retention.ms", Optional.of("soon"))))
                .isInstanceOfSatisfying(
                        ClientException.class, e -> assertThat(e.errorCode()).isEqualTo(ErrorCode.INVALID_CONFIG));
        assertThatThrownBy(() -> admin.configureTopic("no-such-topic", Map.of("retention.ms", Optional.of("5"))))
                .isInstanceOfSatisfying(ClientException.class, e -> assertThat(e.errorCode())
                        .isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION));
        int broker = admin.cluster().nodes().get(0).id();
        admin.configureBroker(broker, Map.of("leader.replication.throttled.rate", Optional.of("1000")));
        admin.configureBroker(broker, Map.of("leader.replication.throttled.rate", Optional.empty()));
    }

    /** Waits, because a broker may show a change a moment after it has answered the request. */
    private void assertSetting(ConfigEntry expected) {
        await().untilAsserted(() -> assertThat(admin.topicConfig(topic)).contains(expected));
    }

    @Test
    void logDirectoriesAreDescribed() {
        createTopic(2);
        send(ProducerConfig.of(bootstrapServers()), 10);
        assertThat(admin.cluster().nodes().stream()
                        .flatMap(node -> admin.logDirectories(node.id()).stream())
                        .filter(LogDirectoryDescription::online)
                        .map(directory -> directory.sizeBytes().get(new TopicPartition(topic, 0))))
                .anySatisfy(sizeBytes -> assertThat(sizeBytes).isNotNull().isPositive());
    }

    @Test
    void offsetsAreFoundByTime() {
        createTopic(2);
        send(ProducerConfig.of(bootstrapServers()), 10);
        TopicPartition written = new TopicPartition(topic, 0);
        TopicPartition empty = new TopicPartition(topic, 1);
        assertThat(admin.earliestOffsets(List.of(written, empty))).isEqualTo(Map.of(written, 0L, empty, 0L));
        assertThat(admin.latestOffsets(List.of(written, empty))).isEqualTo(Map.of(written, 10L, empty, 0L));
        assertThat(admin.offsetsAt(Map.of(written, 1_004L, empty, 0L))).isEqualTo(Map.of(written, 4L));
        assertThat(admin.offsetsAt(Map.of(written, 99_999L))).isEmpty();
    }

    @Test
    void endsOfLogsAndOfLeaderEpochsAreFound() {
        createTopic(2);
        send(ProducerConfig.of(bootstrapServers()), 10);
        TopicPartition written = new TopicPartition(topic, 0);
        TopicPartition empty = new TopicPartition(topic, 1);

        Map<TopicPartition, LogEnd> ends = admin.logEnds(List.of(written, empty), IsolationLevel.READ_UNCOMMITTED);

        assertThat(ends).containsOnlyKeys(written, empty);
        LogEnd end = Objects.requireNonNull(ends.get(written));
        assertThat(end.offset()).isEqualTo(10);
        assertThat(end.leaderEpoch()).isNotNegative();
        assertThat(admin.epochEnds(Map.of(written, end.leaderEpoch()))).isEqualTo(Map.of(written, 10L));
        assertThat(admin.epochEnds(Map.of(written, end.leaderEpoch() + 100))).isEmpty();
        assertThat(admin.describe(List.of(topic)).values())
                .singleElement()
                .satisfies(described -> assertThat(described.id()).isPresent());
    }
}
