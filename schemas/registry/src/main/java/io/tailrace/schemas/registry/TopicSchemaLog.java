package io.tailrace.schemas.registry;

import io.tailrace.client.Admin;
import io.tailrace.client.ClientConfig;
import io.tailrace.client.ClientException;
import io.tailrace.client.ConfigEntry;
import io.tailrace.client.Consumer;
import io.tailrace.client.ConsumerConfig;
import io.tailrace.client.NewTopic;
import io.tailrace.client.OffsetReset;
import io.tailrace.client.Producer;
import io.tailrace.client.ProducerConfig;
import io.tailrace.client.ProducerRecord;
import io.tailrace.client.RecordMetadata;
import io.tailrace.protocol.TopicPartition;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The log as a compacted topic of one partition. */
final class TopicSchemaLog implements SchemaLog {
    private static final Logger log = LoggerFactory.getLogger(TopicSchemaLog.class);
    private static final String CLEANUP_POLICY = "cleanup.policy";
    private static final String COMPACT = "compact";

    private static final int SOON_MS = 3_000;

    private final TopicPartition partition;
    private final Duration timeout;
    private final String clusterId;
    private final Admin admin;
    /** Does not wait long for brokers that are away. */
    private final Admin impatient;

    private final Producer producer;
    private final Consumer consumer;

    private TopicSchemaLog(RegistryConfig config, String clusterId, Admin admin, Producer producer, Consumer consumer) {
        this.partition = new TopicPartition(config.topic(), 0);
        this.clusterId = clusterId;
        this.timeout = config.timeout();
        this.admin = admin;
        this.impatient = Admin.create(ClientConfig.builder()
                .bootstrapServers(config.bootstrapServers())
                .requestTimeoutMs(SOON_MS)
                .build());
        this.producer = producer;
        this.consumer = consumer;
    }

    /**
     * Opens the topic, and creates it if it does not exist.
     *
     * @throws ClientException if the brokers cannot be reached, or refuse
     * @throws IllegalStateException if the topic has several partitions, or is not compacted and so would lose schemas
     */
    static TopicSchemaLog open(RegistryConfig config) {
        Admin admin = Admin.create(ClientConfig.of(config.bootstrapServers()));
        try {
            createIfAbsent(admin, config);
            check(admin, config.topic());
            return open(config, admin);
        } catch (RuntimeException e) {
            admin.close();
            throw e;
        }
    }

    private static TopicSchemaLog open(RegistryConfig config, Admin admin) {
        String clusterId = admin.cluster().clusterId();
        TopicPartition partition = new TopicPartition(config.topic(), 0);
        Producer producer = Producer.create(
                ProducerConfig.builder(config.bootstrapServers()).lingerMs(0).build());
        Consumer consumer = Consumer.create(ConsumerConfig.builder(config.bootstrapServers())
                .offsetReset(OffsetReset.NONE)
                .build());
        TopicSchemaLog opened = new TopicSchemaLog(config, clusterId, admin, producer, consumer);
        try {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            return opened;
        } catch (RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    private static void createIfAbsent(Admin admin, RegistryConfig config) {
        if (admin.topics(true).contains(config.topic())) {
            return;
        }
        NewTopic topic = new NewTopic(
                config.topic(),
                OptionalInt.of(1),
                OptionalInt.of(config.replicationFactor()),
                Map.of(CLEANUP_POLICY, COMPACT));
        try {
            admin.createTopic(topic);
        } catch (ClientException e) {
            if (!admin.topics(true).contains(config.topic())) {
                throw e;
            }
            log.info("topic was created by another instance: {}", config.topic());
        }
    }

    private static void check(Admin admin, String topic) {
        int partitions = admin.describe(Set.of(topic))
                .values()
                .iterator()
                .next()
                .partitions()
                .size();
        if (partitions != 1) {
            throw new IllegalStateException("topic " + topic + " has " + partitions
                    + " partitions: expected 1; set kafkastore.topic to another one");
        }
        String policy =
                ConfigEntry.valueOf(admin.topicConfig(topic), CLEANUP_POLICY).orElse(COMPACT);
        if (!COMPACT.equals(policy)) {
            throw new IllegalStateException("topic %s has %s=%s: expected %s, so that retention deletes no schemas"
                    .formatted(topic, CLEANUP_POLICY, policy, COMPACT));
        }
    }

    @Override
    public long append(byte[] key, byte @Nullable [] value) {
        ProducerRecord record = new ProducerRecord(
                partition.topic(), OptionalInt.of(partition.partition()), OptionalLong.empty(), key, value, List.of());
        try {
            RecordMetadata written = producer.send(record).get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            return written.offset().orElseThrow(() -> RegistryException.storeFailed("the broker returned no offset"));
        } catch (ExecutionException | ClientException e) {
            throw RegistryException.storeFailed(String.valueOf(e.getMessage()));
        } catch (TimeoutException e) {
            throw RegistryException.storeTimedOut(
                    partition + " did not acknowledge a record within " + timeout.toMillis() + " ms");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw RegistryException.storeFailed("stopping");
        }
    }

    @Override
    public List<Entry> poll(Duration wait) {
        return consumer.poll(wait).stream()
                .map(record -> new Entry(record.offset(), record.key(), record.value()))
                .toList();
    }

    @Override
    public long endOffset() {
        return endOffset(admin);
    }

    @Override
    public long endOffsetSoon() {
        return endOffset(impatient);
    }

    private long endOffset(Admin asked) {
        try {
            Long end = asked.latestOffsets(List.of(partition)).get(partition);
            if (end == null) {
                throw RegistryException.storeFailed("the broker returned no end offset of " + partition);
            }
            return end;
        } catch (ClientException e) {
            throw RegistryException.storeFailed(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public String clusterId() {
        return clusterId;
    }

    @Override
    public void wakeup() {
        consumer.wakeup();
    }

    @Override
    public void close() {
        consumer.close();
        producer.close();
        impatient.close();
        admin.close();
    }
}
