package io.tailrace.server;

import io.tailrace.server.config.BrokerConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.curator.test.InstanceSpec;
import org.apache.curator.test.TestingServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** A ZooKeeper and a broker in this process, which can be restarted, and third-party clients of it. */
final class BrokerFixture implements AutoCloseable {
    /** A session lasts 2 to 20 ticks. */
    private static final int ZOOKEEPER_TICK_MS = 1000;

    private final TestingServer zooKeeper;
    private final Map<String, String> settings = new HashMap<>();
    private BrokerServer broker;

    BrokerFixture(Path directory, Map<String, String> more) throws Exception {
        zooKeeper = new TestingServer(new InstanceSpec(null, -1, -1, -1, true, -1, ZOOKEEPER_TICK_MS, -1), true);
        settings.putAll(Map.of(
                "broker.id", "1",
                "listeners", "PLAINTEXT://127.0.0.1:0",
                "log.dirs", directory.toString(),
                "zookeeper.connect", zooKeeper.getConnectString(),
                "offsets.topic.num.partitions", "4",
                "log.dir.free.bytes.min", "0"));
        settings.putAll(more);
        broker = BrokerServer.start(BrokerConfig.of(settings));
        // Clients must find a restarted broker at the same address.
        settings.put("listeners", "PLAINTEXT://127.0.0.1:" + broker.port());
    }

    int port() {
        return broker.port();
    }

    int metricsPort() {
        return broker.metricsPort();
    }

    String bootstrap() {
        return "127.0.0.1:" + port();
    }

    TestingServer zooKeeper() {
        return zooKeeper;
    }

    void restart() throws IOException, InterruptedException {
        restart(Map.of());
    }

    void restart(Map<String, String> changed) throws IOException, InterruptedException {
        stop();
        settings.putAll(changed);
        start();
    }

    void stop() throws IOException {
        broker.close();
    }

    void start() throws IOException, InterruptedException {
        broker = BrokerServer.start(BrokerConfig.of(settings));
    }

    KafkaProducer<String, String> producer(String... keysAndValues) {
        return new KafkaProducer<>(properties(keysAndValues), new StringSerializer(), new StringSerializer());
    }

    KafkaConsumer<String, String> consumer(String... keysAndValues) {
        Properties properties = properties(keysAndValues);
        properties.putIfAbsent(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        properties.putIfAbsent(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        return new KafkaConsumer<>(properties, new StringDeserializer(), new StringDeserializer());
    }

    Admin admin() {
        return Admin.create(properties());
    }

    private Properties properties(String... keysAndValues) {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", bootstrap());
        for (int i = 0; i < keysAndValues.length; i += 2) {
            properties.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return properties;
    }

    @Override
    public void close() throws IOException {
        try (zooKeeper) {
            broker.close();
        }
    }
}
