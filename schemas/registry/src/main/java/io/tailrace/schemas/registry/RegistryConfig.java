package io.tailrace.schemas.registry;

import io.tailrace.config.Config;
import io.tailrace.config.ConfigKey;
import io.tailrace.config.ConfigKeys;
import io.tailrace.metrics.MetricsListener;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;

/**
 * A registry's configuration. Immutable.
 *
 * @param listener the address to listen on; port 0 takes a free one
 * @param bootstrapServers the brokers that keep the topic
 * @param topic the topic of the schemas
 * @param replicationFactor replicas of the topic if the registry creates it
 * @param timeout bound on each wait for the log, including that at the start
 * @param threads requests handled at a time
 * @param queuedRequestsMax requests that may wait for a thread
 * @param requestBytesMax largest body of a request
 * @param validateDefaults whether to refuse new schemas with a default that does not fit its type
 * @param metrics where to serve metrics and health
 */
record RegistryConfig(
        InetSocketAddress listener,
        String bootstrapServers,
        String topic,
        int replicationFactor,
        Duration timeout,
        int threads,
        int queuedRequestsMax,
        int requestBytesMax,
        boolean validateDefaults,
        MetricsListener metrics) {

    private static final ConfigKey<InetSocketAddress> LISTENERS = new ConfigKey<>(
            "listeners",
            "http://HOST:PORT",
            "http://127.0.0.1:8081",
            "The address to listen on. The default serves this machine only; http://0.0.0.0:8081 serves others too.",
            RegistryConfig::address);
    private static final ConfigKey<String> BOOTSTRAP_SERVERS = ConfigKey.text(
            "kafkastore.bootstrap.servers",
            "localhost:9092",
            "Brokers that keep the schemas, as host:port, separated by commas.");
    private static final ConfigKey<String> TOPIC = ConfigKey.text(
            "kafkastore.topic",
            "_schemas",
            "Topic of the schemas. If it does not exist, it is created, compacted, with one partition.");
    private static final ConfigKey<Integer> REPLICATION_FACTOR = ConfigKey.integer(
            "kafkastore.topic.replication.factor", 1, 1, Short.MAX_VALUE, "Replicas of the topic if it is created.");
    private static final ConfigKey<Integer> TIMEOUT_MS = ConfigKey.integer(
            "kafkastore.timeout.ms",
            60_000,
            1,
            Integer.MAX_VALUE,
            "Bound on each wait for the topic, in milliseconds.");
    private static final ConfigKey<Integer> THREADS =
            ConfigKey.integer("request.threads", 8, 1, 1024, "Requests handled at a time.");
    private static final ConfigKey<Integer> QUEUED_REQUESTS_MAX = ConfigKey.integer(
            "request.queue.max",
            128,
            1,
            1 << 20,
            "Requests that may wait for a thread. The connection of any further one is closed.");
    private static final ConfigKey<Integer> REQUEST_BYTES_MAX =
            ConfigKey.integer("request.max.bytes", 1 << 20, 1024, 1 << 30, "Largest body of a request, in bytes.");

    private static final ConfigKey<Boolean> VALIDATE_DEFAULTS = ConfigKey.bool(
            "schema.providers.avro.validate.defaults",
            false,
            "Whether to refuse new schemas with a default that does not fit its type.");

    static final ConfigKeys KEYS = ConfigKeys.of(
            LISTENERS,
            BOOTSTRAP_SERVERS,
            TOPIC,
            REPLICATION_FACTOR,
            TIMEOUT_MS,
            THREADS,
            QUEUED_REQUESTS_MAX,
            REQUEST_BYTES_MAX,
            VALIDATE_DEFAULTS,
            MetricsListener.KEY);

    static RegistryConfig of(Config config) {
        return new RegistryConfig(
                config.value(LISTENERS),
                config.value(BOOTSTRAP_SERVERS),
                config.value(TOPIC),
                config.value(REPLICATION_FACTOR),
                Duration.ofMillis(config.value(TIMEOUT_MS)),
                config.value(THREADS),
                config.value(QUEUED_REQUESTS_MAX),
                config.value(REQUEST_BYTES_MAX),
                config.value(VALIDATE_DEFAULTS),
                config.value(MetricsListener.KEY));
    }

    private static InetSocketAddress address(String text) {
        URI uri = URI.create(text);
        if (!"http".equals(uri.getScheme()) || uri.getHost() == null || uri.getPort() < 0 || uri.getPort() > 65535) {
            throw new IllegalArgumentException("not http://HOST:PORT");
        }
        return new InetSocketAddress(uri.getHost(), uri.getPort());
    }
}
