package io.tailrace.server.config;

import io.tailrace.config.Config;
import io.tailrace.config.ConfigException;
import io.tailrace.config.ConfigKeys;
import io.tailrace.coordination.LeaderBalance;
import io.tailrace.coordination.ZooKeeperConfig;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of a broker. Immutable.
 *
 * @param brokerId {@code broker.id}
 * @param rackOrNull {@code broker.rack}
 * @param listeners {@code listeners}, at least one
 * @param advertised {@code advertised.listeners}; other listeners are advertised as they are
 * @param zooKeeper the ZooKeeper that holds the cluster's state
 * @param network sockets
 * @param storage log directories
 * @param topics creation and deletion of topics
 * @param topicDefaults settings of topics that do not override them
 * @param leaderBalance when preferred leaders become leader again
 * @param replication copying from leaders
 * @param groups consumer groups and committed offsets
 * @param transactions transactions of producers
 * @param metrics the endpoint for metrics and health
 * @param entries every plain key with its value, for DescribeConfigs
 */
public record BrokerConfig(
        int brokerId,
        @Nullable String rackOrNull,
        List<Listener> listeners,
        List<Listener> advertised,
        ZooKeeperConfig zooKeeper,
        NetworkConfig network,
        StorageConfig storage,
        TopicCreationConfig topics,
        TopicDefaults topicDefaults,
        LeaderBalance leaderBalance,
        ReplicationConfig replication,
        GroupConfig groups,
        TransactionConfig transactions,
        MetricsConfig metrics,
        List<BrokerConfigEntry> entries) {

    private static final long COMPACTION_BYTES_DEFAULT_MAX = 128L << 20;
    private static final long COMPACTION_BYTES_PER_THREAD_MIN = 1L << 20;

    /** Every key of the broker's configuration file. */
    public static ConfigKeys keys() {
        return BrokerKeys.all();
    }

    /**
     * The configuration from a file and the command line.
     *
     * @throws ConfigException if values contradict each other
     */
    public static BrokerConfig of(Config config) {
        List<Listener> listeners = config.value(BrokerKeys.LISTENERS);
        List<Listener> advertised = config.value(BrokerKeys.ADVERTISED_LISTENERS);
        for (Listener each : advertised) {
            if (listeners.stream().noneMatch(listener -> listener.name().equals(each.name()))) {
                throw new ConfigException("advertised.listeners has " + each + ", but no listener of listeners ("
                        + listeners + ") has that name");
            }
        }
        String rack = config.value(BrokerKeys.RACK);
        return new BrokerConfig(
                config.value(BrokerKeys.BROKER_ID),
                rack.isEmpty() ? null : rack,
                listeners,
                advertised,
                new ZooKeeperConfig(
                        config.value(BrokerKeys.ZOOKEEPER_CONNECT),
                        config.value(BrokerKeys.ZOOKEEPER_SESSION_TIMEOUT_MS),
                        config.value(BrokerKeys.ZOOKEEPER_CONNECTION_TIMEOUT_MS)),
                network(config),
                storage(config),
                new TopicCreationConfig(
                        config.value(BrokerKeys.NUM_PARTITIONS),
                        config.value(BrokerKeys.DEFAULT_REPLICATION_FACTOR),
                        config.value(BrokerKeys.AUTO_CREATE_TOPICS),
                        config.value(BrokerKeys.DELETE_TOPICS)),
                TopicDefaults.of(config),
                new LeaderBalance(
                        config.value(BrokerKeys.LEADER_REBALANCE),
                        config.value(BrokerKeys.LEADER_IMBALANCE_CHECK_SECONDS) * 1000L,
                        config.value(BrokerKeys.LEADER_IMBALANCE_PERCENTAGE)),
                replication(config),
                GroupKeys.groups(config),
                TransactionKeys.transactions(config),
                MetricsConfig.of(config),
                BrokerConfigEntry.all(keys(), config));
    }

    /**
     * A configuration without a file, for tests and programs that embed a broker.
     *
     * @throws ConfigException as for {@link #of(Config)}, and for an unknown key or an invalid value
     */
    public static BrokerConfig of(Map<String, String> settings) {
        try {
            return of(Config.read(keys(), Optional.empty(), settings));
        } catch (java.io.IOException e) {
            throw new IllegalStateException("reading no file failed", e);
        }
    }

    /** The failure domain, if configured. */
    public Optional<String> rack() {
        return Optional.ofNullable(rackOrNull);
    }

    private static NetworkConfig network(Config config) {
        int requestBytesMax = config.value(BrokerKeys.REQUEST_BYTES_MAX);
        long queued = config.value(BrokerKeys.QUEUED_REQUEST_BYTES_MAX);
        long queuedOrDefault = queued > 0 ? queued : Runtime.getRuntime().maxMemory() / 4;
        long answers = config.value(BrokerKeys.QUEUED_RESPONSE_BYTES_MAX);
        return new NetworkConfig(
                config.value(BrokerKeys.NETWORK_THREADS),
                config.value(BrokerKeys.IO_THREADS),
                requestBytesMax,
                config.value(BrokerKeys.REQUEST_TIMEOUT_MS),
                Math.max(queuedOrDefault, requestBytesMax),
                answers > 0 ? answers : Runtime.getRuntime().maxMemory() / 8,
                config.value(BrokerKeys.QUEUED_REQUESTS_MAX),
                config.value(BrokerKeys.CONNECTIONS_MAX),
                config.value(BrokerKeys.CONNECTIONS_PER_IP_MAX),
                config.value(BrokerKeys.CONNECTIONS_IDLE_MS_MAX),
                config.value(BrokerKeys.FETCH_BYTES_MAX),
                config.value(BrokerKeys.FETCH_SESSIONS_MAX));
    }

    private static ReplicationConfig replication(Config config) {
        int fetchWaitMsMax = config.value(BrokerKeys.REPLICA_FETCH_WAIT_MS_MAX);
        long replicaLagMsMax = config.value(BrokerKeys.REPLICA_LAG_MS_MAX);
        if (fetchWaitMsMax >= replicaLagMsMax) {
            throw new ConfigException(
                    "replica.fetch.wait.max.ms must be less than replica.lag.time.max.ms (" + replicaLagMsMax + "), is "
                            + fetchWaitMsMax + ": idle followers would leave the in-sync replicas");
        }
        return new ReplicationConfig(
                replicaLagMsMax,
                config.value(BrokerKeys.REPLICA_FETCHERS),
                fetchWaitMsMax,
                config.value(BrokerKeys.REPLICA_FETCH_BYTES_MAX),
                config.value(BrokerKeys.REPLICA_FETCH_RESPONSE_BYTES_MAX),
                config.value(BrokerKeys.REPLICA_FETCH_BACKOFF_MS),
                config.value(BrokerKeys.REPLICA_SOCKET_TIMEOUT_MS),
                !config.value(BrokerKeys.REPLICA_SELECTOR).isEmpty());
    }

    private static StorageConfig storage(Config config) {
        List<Path> directories =
                config.value(BrokerKeys.LOG_DIRS).stream().map(Path::of).toList();
        if (directories.isEmpty() || new LinkedHashSet<>(directories).size() != directories.size()) {
            throw new ConfigException("log.dirs must name one directory or several different ones, is " + directories);
        }
        return new StorageConfig(
                directories,
                config.value(BrokerKeys.LOG_DIR_FREE_BYTES_MIN),
                config.value(BrokerKeys.PRODUCER_ID_EXPIRATION_MS),
                config.value(BrokerKeys.PRODUCER_IDS_MAX),
                config.value(BrokerKeys.RECOVERY_THREADS),
                compaction(config, directories.size()),
                new StorageConfig.Intervals(
                        config.value(BrokerKeys.RETENTION_CHECK_INTERVAL_MS),
                        config.value(BrokerKeys.FLUSH_CHECK_INTERVAL_MS),
                        config.value(BrokerKeys.CHECKPOINT_INTERVAL_MS),
                        config.value(BrokerKeys.HIGH_WATERMARK_INTERVAL_MS)));
    }

    private static CompactionConfig compaction(Config config, int directories) {
        int threads = config.value(BrokerKeys.CLEANER_THREADS);
        long bytes = config.value(BrokerKeys.CLEANER_BUFFER_BYTES);
        long eighthOfHeap = Runtime.getRuntime().maxMemory() / 8;
        long bytesPerThread =
                (bytes < 0 ? Math.min(eighthOfHeap, COMPACTION_BYTES_DEFAULT_MAX) : bytes) / directories / threads;
        if (bytes >= 0 && bytesPerThread < COMPACTION_BYTES_PER_THREAD_MIN) {
            throw new ConfigException("log.cleaner.dedupe.buffer.size must be -1 or at least 1 MiB for each of "
                    + directories * threads + " threads, is " + bytes);
        }
        return new CompactionConfig(
                threads,
                Math.max(COMPACTION_BYTES_PER_THREAD_MIN, bytesPerThread),
                config.value(BrokerKeys.CLEANER_BYTES_PER_SECOND_MAX),
                config.value(BrokerKeys.CLEANER_BACKOFF_MS));
    }
}
