package io.tailrace.server.config;

import io.tailrace.config.ConfigKey;
import io.tailrace.config.ConfigKeys;
import java.util.ArrayList;
import java.util.List;

/** The keys of {@code conf/broker.properties}, except the defaults of topic settings. */
final class BrokerKeys {
    private static final int MAX = Integer.MAX_VALUE;

    static final ConfigKey<Integer> BROKER_ID =
            ConfigKey.integer("broker.id", null, 0, MAX, "This broker's id, which no other broker may have.");
    static final ConfigKey<String> RACK =
            ConfigKey.text("broker.rack", "", "This broker's failure domain; empty for none.");

    private static final String RACK_AWARE_SELECTOR = "org.apache.kafka.common.replica.RackAwareReplicaSelector";
    static final ConfigKey<String> REPLICA_SELECTOR = new ConfigKey<>(
            "replica.selector.class",
            "nothing, or " + RACK_AWARE_SELECTOR,
            "",
            "With " + RACK_AWARE_SELECTOR
                    + ", a consumer that has a client.rack reads from an in-sync replica in that rack;"
                    + " no other class is accepted. Empty: consumers read from leaders.",
            BrokerKeys::rackAwareOrNone);

    private static final String LISTENER_FORM = "NAME://HOST:PORT, separated by commas, each name once; TLS and SASL"
            + " (SSL, SASL_PLAINTEXT, SASL_SSL) are not supported yet";
    static final ConfigKey<List<Listener>> LISTENERS = new ConfigKey<>(
            "listeners",
            LISTENER_FORM,
            "PLAINTEXT://:9092",
            "Addresses to listen on. No host: every interface. Port 0: any free port.",
            BrokerKeys::someListeners);
    static final ConfigKey<List<Listener>> ADVERTISED_LISTENERS = new ConfigKey<>(
            "advertised.listeners",
            LISTENER_FORM,
            "",
            "Addresses that clients are given, by the names in listeners. Default: host and port of listeners, with"
                    + " this machine's name where there is no host.",
            Listener::parseList);

    static final ConfigKey<String> ZOOKEEPER_CONNECT = ConfigKey.text(
            "zookeeper.connect", "localhost:2181", "ZooKeeper's hosts, with the chroot if any: a:2181,b:2181/logs.");
    static final ConfigKey<Integer> ZOOKEEPER_SESSION_TIMEOUT_MS = ConfigKey.integer(
            "zookeeper.session.timeout.ms",
            18_000,
            100,
            MAX,
            "A broker that ZooKeeper has not heard from for this long is considered dead.");
    static final ConfigKey<Integer> ZOOKEEPER_CONNECTION_TIMEOUT_MS = ConfigKey.integer(
            "zookeeper.connection.timeout.ms", 18_000, 100, MAX, "How long to wait for ZooKeeper at the start.");

    static final ConfigKey<List<String>> LOG_DIRS =
            ConfigKey.list("log.dirs", "data/broker", "Directories that hold the partitions, one for each disk.");
    static final ConfigKey<Long> LOG_DIR_FREE_BYTES_MIN = ConfigKey.longInteger(
            "log.dir.free.bytes.min",
            256L << 20,
            0,
            Long.MAX_VALUE,
            "Produce is refused while a log directory's disk has less free space than this.");
    static final ConfigKey<Integer> RECOVERY_THREADS = ConfigKey.integer(
            "num.recovery.threads.per.data.dir",
            2,
            1,
            1024,
            "Threads for each log directory that recover logs after a crash, and flush.");
    static final ConfigKey<Long> RETENTION_CHECK_INTERVAL_MS = ConfigKey.longInteger(
            "log.retention.check.interval.ms",
            300_000L,
            1,
            Long.MAX_VALUE,
            "How often old segments are looked for and deleted.");
    static final ConfigKey<Long> FLUSH_CHECK_INTERVAL_MS = ConfigKey.longInteger(
            "log.flush.scheduler.interval.ms",
            1_000L,
            1,
            Long.MAX_VALUE,
            "How often logs are checked for flush.ms and segment.ms.");
    static final ConfigKey<Long> CHECKPOINT_INTERVAL_MS = ConfigKey.longInteger(
            "log.flush.offset.checkpoint.interval.ms",
            60_000L,
            1,
            Long.MAX_VALUE,
            "How often recovery points are written.");
    static final ConfigKey<Long> HIGH_WATERMARK_INTERVAL_MS = ConfigKey.longInteger(
            "replica.high.watermark.checkpoint.interval.ms",
            5_000L,
            1,
            Long.MAX_VALUE,
            "How often high watermarks are written.");
    static final ConfigKey<Long> PRODUCER_ID_EXPIRATION_MS = ConfigKey.longInteger(
            "producer.id.expiration.ms",
            86_400_000L,
            1,
            Long.MAX_VALUE,
            "A producer that has sent nothing for this long is forgotten.");
    static final ConfigKey<Integer> PRODUCER_IDS_MAX = ConfigKey.integer(
            "producer.ids.per.partition.max",
            10_000,
            1,
            MAX,
            "Idempotent producers that a partition remembers; beyond that it forgets the one that has been silent longest.");

    static final ConfigKey<Integer> CLEANER_THREADS =
            ConfigKey.integer("log.cleaner.threads", 1, 1, 64, "Threads for each log directory that compact logs.");
    static final ConfigKey<Long> CLEANER_BUFFER_BYTES = ConfigKey.longInteger(
            "log.cleaner.dedupe.buffer.size",
            -1L,
            -1,
            Long.MAX_VALUE,
            "Bytes that the keys of logs may take while they are compacted, in all threads; 1 MiB holds 32,000 keys. -1 for"
                    + " an eighth of the heap, at most 128 MiB.");
    static final ConfigKey<Double> CLEANER_BYTES_PER_SECOND_MAX = new ConfigKey<>(
            "log.cleaner.io.max.bytes.per.second",
            "a number greater than 0",
            String.valueOf(Double.MAX_VALUE),
            "Bytes that compaction may read and write per second, in all threads.",
            BrokerKeys::positive);
    static final ConfigKey<Long> CLEANER_BACKOFF_MS = ConfigKey.longInteger(
            "log.cleaner.backoff.ms",
            15_000L,
            1,
            86_400_000L,
            "How often logs are checked for compaction, and the first pause after one that failed.");

    static final ConfigKey<Integer> NETWORK_THREADS = ConfigKey.integer(
            "num.network.threads", 3, 1, 1024, "Event loops; each handles the requests of its connections itself.");
    static final ConfigKey<Integer> IO_THREADS = ConfigKey.integer(
            "num.io.threads",
            4,
            1,
            1024,
            "Threads for each kind of request that may block: changes in ZooKeeper, and searches by time.");
    static final ConfigKey<Integer> REQUEST_BYTES_MAX =
            ConfigKey.integer("socket.request.max.bytes", 100 << 20, 1024, MAX, "Largest request that is accepted.");
    static final ConfigKey<Long> REQUEST_TIMEOUT_MS = ConfigKey.longInteger(
            "socket.request.timeout.ms",
            30_000L,
            100,
            Long.MAX_VALUE / 2,
            "How long a started request may take to arrive, in addition to 1 s for each 64 KiB; a tenth of that while"
                    + " memory is exhausted.");
    static final ConfigKey<Integer> CONNECTIONS_MAX =
            ConfigKey.integer("max.connections", 10_000, 1, MAX, "Largest number of open connections.");
    static final ConfigKey<Integer> CONNECTIONS_PER_IP_MAX = ConfigKey.integer(
            "max.connections.per.ip", 10_000, 1, MAX, "Largest number of open connections from one address.");
    static final ConfigKey<Long> CONNECTIONS_IDLE_MS_MAX = ConfigKey.longInteger(
            "connections.max.idle.ms",
            600_000L,
            1,
            Long.MAX_VALUE,
            "A connection that has been idle for this long is closed.");
    static final ConfigKey<Long> QUEUED_REQUEST_BYTES_MAX = ConfigKey.longInteger(
            "queued.max.request.bytes",
            -1L,
            -1,
            Long.MAX_VALUE,
            "Bytes that started Produce requests may hold in all; -1 for a quarter of the heap, and at least one"
                    + " request.");
    static final ConfigKey<Long> QUEUED_RESPONSE_BYTES_MAX = ConfigKey.longInteger(
            "queued.max.response.bytes",
            -1L,
            -1,
            Long.MAX_VALUE,
            "Bytes that encoded answers may hold in all until they are written; -1 for an eighth of the heap.");
    static final ConfigKey<Integer> QUEUED_REQUESTS_MAX = ConfigKey.integer(
            "queued.max.requests",
            100,
            1,
            1_000_000,
            "Unanswered requests of one connection; no more are read until one is answered.");
    static final ConfigKey<Integer> FETCH_BYTES_MAX =
            ConfigKey.integer("fetch.max.bytes", 55 << 20, 1024, MAX, "Largest response to a fetch.");
    static final ConfigKey<Integer> FETCH_SESSIONS_MAX = ConfigKey.integer(
            "max.incremental.fetch.session.cache.slots",
            1_000,
            0,
            1_000_000,
            "Largest number of fetch sessions; clients without one name all their partitions in each fetch. 0 for none.");

    static final ConfigKey<Integer> NUM_PARTITIONS =
            ConfigKey.integer("num.partitions", 1, 1, 100_000, "Partitions of a topic created without a number.");
    static final ConfigKey<Integer> DEFAULT_REPLICATION_FACTOR =
            ConfigKey.integer("default.replication.factor", 1, 1, 100, "Replicas of a topic created without a number.");
    static final ConfigKey<Boolean> AUTO_CREATE_TOPICS = ConfigKey.bool(
            "auto.create.topics.enable", true, "Whether a topic is created when a client first asks for it.");
    static final ConfigKey<Boolean> DELETE_TOPICS =
            ConfigKey.bool("delete.topic.enable", true, "Whether topics may be deleted.");
    static final ConfigKey<Boolean> LEADER_REBALANCE = ConfigKey.bool(
            "auto.leader.rebalance.enable",
            true,
            "Whether preferred leaders become leader again once they have caught up.");
    static final ConfigKey<Integer> LEADER_IMBALANCE_CHECK_SECONDS = ConfigKey.integer(
            "leader.imbalance.check.interval.seconds",
            300,
            1,
            1_000_000,
            "How often the balance of leaders is checked.");
    static final ConfigKey<Integer> LEADER_IMBALANCE_PERCENTAGE = ConfigKey.integer(
            "leader.imbalance.per.broker.percentage",
            10,
            0,
            100,
            "Percentage of its preferred partitions that a broker may not lead before leaders are moved back.");
    static final ConfigKey<Long> REPLICA_LAG_MS_MAX = ConfigKey.longInteger(
            "replica.lag.time.max.ms",
            30_000L,
            1,
            Long.MAX_VALUE,
            "A follower that has not caught up for this long leaves the in-sync replicas.");
    static final ConfigKey<Integer> REPLICA_FETCHERS = ConfigKey.integer(
            "num.replica.fetchers", 1, 1, 64, "Connections, each with a thread, for copying from one other broker.");
    static final ConfigKey<Integer> REPLICA_FETCH_WAIT_MS_MAX = ConfigKey.integer(
            "replica.fetch.wait.max.ms", 500, 0, MAX, "How long a leader may wait for records before it answers.");
    static final ConfigKey<Integer> REPLICA_FETCH_BYTES_MAX = ConfigKey.integer(
            "replica.fetch.max.bytes", 1 << 20, 1024, MAX, "Bytes of one partition to copy with one fetch.");
    static final ConfigKey<Integer> REPLICA_FETCH_RESPONSE_BYTES_MAX =
            ConfigKey.integer("replica.fetch.response.max.bytes", 10 << 20, 1024, MAX, "Bytes to copy with one fetch.");
    static final ConfigKey<Integer> REPLICA_FETCH_BACKOFF_MS =
            ConfigKey.integer("replica.fetch.backoff.ms", 1_000, 1, MAX, "Longest pause after a failed fetch.");
    static final ConfigKey<Integer> REPLICA_SOCKET_TIMEOUT_MS = ConfigKey.integer(
            "replica.socket.timeout.ms", 30_000, 1, MAX, "How long to wait for a leader before reconnecting.");

    private BrokerKeys() {}

    /** All keys of the file, topic defaults included. */
    static ConfigKeys all() {
        List<ConfigKey<?>> keys = new ArrayList<>(List.of(
                BROKER_ID,
                RACK,
                REPLICA_SELECTOR,
                LISTENERS,
                ADVERTISED_LISTENERS,
                ZOOKEEPER_CONNECT,
                ZOOKEEPER_SESSION_TIMEOUT_MS,
                ZOOKEEPER_CONNECTION_TIMEOUT_MS,
                LOG_DIRS,
                LOG_DIR_FREE_BYTES_MIN,
                RECOVERY_THREADS,
                RETENTION_CHECK_INTERVAL_MS,
                FLUSH_CHECK_INTERVAL_MS,
                CHECKPOINT_INTERVAL_MS,
                HIGH_WATERMARK_INTERVAL_MS,
                PRODUCER_ID_EXPIRATION_MS,
                PRODUCER_IDS_MAX,
                CLEANER_THREADS,
                CLEANER_BUFFER_BYTES,
                CLEANER_BYTES_PER_SECOND_MAX,
                CLEANER_BACKOFF_MS,
                NETWORK_THREADS,
                IO_THREADS,
                REQUEST_BYTES_MAX,
                REQUEST_TIMEOUT_MS,
                CONNECTIONS_MAX,
                CONNECTIONS_PER_IP_MAX,
                CONNECTIONS_IDLE_MS_MAX,
                QUEUED_REQUEST_BYTES_MAX,
                QUEUED_RESPONSE_BYTES_MAX,
                QUEUED_REQUESTS_MAX,
                FETCH_BYTES_MAX,
                FETCH_SESSIONS_MAX,
                NUM_PARTITIONS,
                DEFAULT_REPLICATION_FACTOR,
                AUTO_CREATE_TOPICS,
                DELETE_TOPICS,
                LEADER_REBALANCE,
                LEADER_IMBALANCE_CHECK_SECONDS,
                LEADER_IMBALANCE_PERCENTAGE,
                REPLICA_LAG_MS_MAX,
                REPLICA_FETCHERS,
                REPLICA_FETCH_WAIT_MS_MAX,
                REPLICA_FETCH_BYTES_MAX,
                REPLICA_FETCH_RESPONSE_BYTES_MAX,
                REPLICA_FETCH_BACKOFF_MS,
                REPLICA_SOCKET_TIMEOUT_MS));
        keys.addAll(GroupKeys.ALL);
        keys.addAll(TransactionKeys.ALL);
        keys.addAll(MetricsConfig.KEYS);
        TopicKeys.all().forEach(topicKey -> keys.addAll(topicKey.brokerKeys()));
        return ConfigKeys.of(keys);
    }

    private static String rackAwareOrNone(String selector) {
        if (!selector.isEmpty() && !selector.equals(RACK_AWARE_SELECTOR)) {
            throw new IllegalArgumentException("unknown selector");
        }
        return selector;
    }

    private static double positive(String text) {
        double value = Double.parseDouble(text);
        if (!(value > 0)) {
            throw new IllegalArgumentException("not positive");
        }
        return value;
    }

    private static List<Listener> someListeners(String text) {
        List<Listener> listeners = Listener.parseList(text);
        if (listeners.isEmpty()) {
            throw new IllegalArgumentException("no listener");
        }
        return listeners;
    }
}
