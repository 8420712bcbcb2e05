package io.tailrace.systemtests.rotation;

import static org.awaitility.Awaitility.await;

import io.tailrace.schemas.FramedAvroDecoder;
import io.tailrace.schemas.FramedAvroDecoder.Decoded;
import io.tailrace.schemas.HttpSchemaRegistryClient;
import io.tailrace.schemas.SchemaRegistryException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/** A thread that reads all partitions of two topics with Apache Kafka's consumer, and gives each record to a judge. */
public final class RowReader implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration REGISTRY_TIMEOUT = Duration.ofSeconds(20);
    private static final Duration REGISTRY_ANSWER_MAX = Duration.ofMinutes(3);

    private final Topics topics;
    private final FramedAvroDecoder decoder;
    private final RowJudge judge;
    private final KafkaConsumer<byte[], byte[]> consumer;
    /** The offset behind everything that was read. */
    private final Map<TopicPartition, Long> positions = new ConcurrentHashMap<>();

    private final Thread thread = new Thread(this::run, "row-reader");
    private volatile boolean closed;
    private volatile @Nullable Throwable failure;

    /**
     * The topics of an agent.
     *
     * @param partitions of each of them
     */
    public record Topics(String lines, String deadLetters, int partitions) {
        public List<TopicPartition> all() {
            List<TopicPartition> all = new ArrayList<>();
            for (int partition = 0; partition < partitions; partition++) {
                all.add(new TopicPartition(lines, partition));
                all.add(new TopicPartition(deadLetters, partition));
            }
            return all;
        }
    }

    /** Starts reading at the beginning. Records of transactions that are open or aborted are not read. */
    public RowReader(String bootstrapServers, String registryUrl, Topics topics, RowJudge judge) {
        this.topics = topics;
        this.judge = judge;
        decoder = new FramedAvroDecoder(
                new HttpSchemaRegistryClient(URI.create(registryUrl), REGISTRY_TIMEOUT), Optional.empty());
        consumer = new KafkaConsumer<>(
                new HashMap<>(Map.of(
                        "bootstrap.servers",
                        bootstrapServers,
                        "auto.offset.reset",
                        "none",
                        "reconnect.backoff.ms",
                        1_000,
                        "reconnect.backoff.max.ms",
                        2_000,
                        "enable.auto.commit",
                        false,
                        "isolation.level",
                        "read_committed")),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        thread.start();
    }

    private void run() {
        try (consumer) {
            consumer.assign(topics.all());
            topics.all().forEach(partition -> consumer.seek(partition, 0));
            while (!closed) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    judge.accept(row(record));
                }
                // Also behind markers, which are no records.
                topics.all().forEach(partition -> positions.put(partition, consumer.position(partition)));
            }
        } catch (RuntimeException | AssertionError e) {
            failure = e;
        }
    }

    private Row row(ConsumerRecord<byte[], byte[]> record) {
        if (!(decode(record.value()) instanceof Decoded.Value decoded)
                || !(decoded.value() instanceof GenericRecord value)) {
            throw new AssertionError("no framed record: " + record);
        }
        return new Row(
                record.topic(),
                record.topic().equals(topics.deadLetters()),
                value.get("host").toString(),
                value.get("file").toString(),
                Objects.toString(value.get("fileId"), ""),
                (Long) value.get("byteOffset"),
                line(value));
    }

    /** Decodes a value, as soon as the registry knows its schema: that needs brokers, too. */
    private Decoded decode(byte[] value) {
        try {
            return decoder.decode(value);
        } catch (SchemaRegistryException e) {
            return await("the registry to answer, which failed with " + e.getMessage())
                    .atMost(REGISTRY_ANSWER_MAX)
                    .ignoreException(SchemaRegistryException.class)
                    .until(() -> decoder.decode(value), decoded -> true);
        }
    }

    /** The line's bytes, which a dead letter has beside its text if they are none. */
    private static byte[] line(GenericRecord value) {
        if (value.hasField("lineBytes") && value.get("lineBytes") instanceof ByteBuffer bytes) {
            byte[] line = new byte[bytes.remaining()];
            bytes.duplicate().get(line);
            return line;
        }
        return value.get("line").toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Fails if the thread could not go on. */
    public void requireReading() {
        Throwable cause = failure;
        if (cause != null) {
            throw new AssertionError("the rows cannot be read", cause);
        }
    }

    /** Whether everything before these offsets was accepted. */
    public boolean isAt(Map<TopicPartition, Long> ends) {
        requireReading();
        return ends.entrySet().stream().allMatch(end -> positions.getOrDefault(end.getKey(), 0L) >= end.getValue());
    }

    @Override
    public void close() {
        closed = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
