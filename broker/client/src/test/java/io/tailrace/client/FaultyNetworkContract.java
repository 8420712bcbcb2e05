package io.tailrace.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.TopicPartition;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import javax.net.SocketFactory;
import org.junit.jupiter.api.Test;

/** Records are written exactly once and in order over connections that are cut at any byte, with any broker. */
public abstract class FaultyNetworkContract {
    private static final int RECORDS = 3_000;
    private static final int PARTITIONS = 2;

    /** The broker to run against, {@code host:port}. */
    protected abstract String bootstrapServers();

    @Test
    void everyRecordIsWrittenOnceAndInOrder() throws Exception {
        String topic = "faulty-" + UUID.randomUUID();
        try (Admin admin = Admin.create(ClientConfig.of(bootstrapServers()))) {
            admin.createTopic(new NewTopic(topic, OptionalInt.of(PARTITIONS), OptionalInt.of(1), Map.of()));
        }
        long seed = new Random().nextLong();
        String[] hostAndPort = bootstrapServers().split(":", -1);
        InetSocketAddress broker = new InetSocketAddress(hostAndPort[0], Integer.parseInt(hostAndPort[1]));
        try (CuttingProxy proxy = new CuttingProxy(broker, 20_000, seed)) {
            List<RecordMetadata> acknowledged = produce(topic, proxy);
            for (int partition = 0; partition < PARTITIONS; partition++) {
                TopicPartition read = new TopicPartition(topic, partition);
                List<Long> offsets = acknowledged.stream()
                        .filter(metadata -> metadata.topicPartition().equals(read))
                        .map(metadata -> metadata.offset().orElseThrow())
                        .toList();
                assertThat(offsets)
                        .as("seed %d, %d cuts", seed, proxy.cuts())
                        .containsExactlyElementsOf(IntStream.range(0, RECORDS / PARTITIONS)
                                .mapToObj(Long::valueOf)
                                .toList());
            }
            assertThat(proxy.cuts()).as("seed %d", seed).isGreaterThan(5);
            consume(topic, proxy, seed);
        }
    }

    /** Connects every advertised address to the proxy. */
    private ClientConfig.Builder through(CuttingProxy proxy, ClientConfig.Builder client) {
        return client.retryBackoffMs(5)
                .retryBackoffMaxMs(50)
                .clientId("faulty")
                .socketFactory(new DivertingSocketFactory(proxy.port()));
    }

    private List<RecordMetadata> produce(String topic, CuttingProxy proxy) {
        ProducerConfig.Builder config =
                ProducerConfig.builder(bootstrapServers()).batchBytesMax(1_000).lingerMs(1);
        through(proxy, config.client());
        List<CompletableFuture<RecordMetadata>> futures = new ArrayList<>();
        try (Producer producer = Producer.create(config.build())) {
            for (int i = 0; i < RECORDS; i++) {
                futures.add(producer.send(new ProducerRecord(
                        topic,
                        OptionalInt.of(i % PARTITIONS),
                        OptionalLong.empty(),
                        null,
                        ClientContract.bytes("value " + i + " ".repeat(80)),
                        List.of())));
            }
        }
        return futures.stream().map(CompletableFuture::join).toList();
    }

    private void consume(String topic, CuttingProxy proxy, long seed) {
        ConsumerConfig.Builder config = ConsumerConfig.builder(bootstrapServers())
                .offsetReset(OffsetReset.EARLIEST)
                .partitionFetchBytesMax(4_000);
        through(proxy, config.client());
        int[] next = new int[PARTITIONS];
        try (Consumer consumer = Consumer.create(config.build())) {
            consumer.assign(IntStream.range(0, PARTITIONS)
                    .mapToObj(partition -> new TopicPartition(topic, partition))
                    .toList());
            List<ConsumerRecord> records = ClientContract.read(consumer, RECORDS);
            assertThat(records).as("seed %d", seed).hasSize(RECORDS);
            for (ConsumerRecord record : records) {
                int partition = record.topicPartition().partition();
                assertThat(record.offset()).as("seed %d", seed).isEqualTo(next[partition]);
                int sent = next[partition]++ * PARTITIONS + partition;
                assertThat(new String(record.value(), StandardCharsets.UTF_8))
                        .as("seed %d", seed)
                        .startsWith("value " + sent + " ");
            }
        }
    }

    /** Opens every connection to one port. */
    private static final class DivertingSocketFactory extends SocketFactory {
        private final int port;

        DivertingSocketFactory(int port) {
            this.port = port;
        }

        @Override
        public Socket createSocket() {
            return new Socket() {
                @Override
                public void connect(SocketAddress endpoint, int timeoutMs) throws IOException {
                    super.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), timeoutMs);
                }
            };
        }

        @Override
        public Socket createSocket(String host, int ignored) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Socket createSocket(String host, int ignored, InetAddress local, int localPort) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Socket createSocket(InetAddress host, int ignored) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Socket createSocket(InetAddress host, int ignored, InetAddress local, int localPort) {
            throw new UnsupportedOperationException();
        }
    }
}
