package io.tailrace.loader;

import io.tailrace.config.Config;
import io.tailrace.config.ConfigException;
import io.tailrace.config.ConfigKey;
import io.tailrace.config.ConfigKeys;
import io.tailrace.loader.engine.mapreduce.MapReduceSettings;
import io.tailrace.loader.task.ParquetSettings;
import io.tailrace.loader.task.TaskMemory;
import io.tailrace.metrics.MetricsListener;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/**
 * The configuration of a loader.
 *
 * @param bootstrapServers brokers, as {@code host:port[,host:port...]}
 * @param registry the schema registry
 * @param zookeeperConnect ZooKeeper, for the lock
 * @param group the loader's consumer group, and the name of its lock
 * @param topics the topics to load
 * @param outputPath the folder of all output, as a URI
 * @param hadoopConfDir the folder of {@code core-site.xml} and {@code hdfs-site.xml}
 * @param threads number of tasks that run at once
 * @param taskBytesMax size of the values one task loads, estimated
 * @param parquet settings of the files
 * @param fileBytesTarget the size that compaction gives files
 * @param removedFilesGrace how long a file stays after it was replaced
 * @param eventTimeField the field of an event that has its time
 * @param audit how hours are compared with what agents sent
 * @param metastores Hive's metastores; empty to not use Hive
 * @param hiveDatabase the database of the tables
 * @param metrics where a loader that repeats its loads serves metrics and health
 * @param run how a load goes about its topics
 * @param mapReduce how tasks run in a YARN cluster; empty to run them in this process
 */
public record LoaderConfig(
        String bootstrapServers,
        URI registry,
        String zookeeperConnect,
        String group,
        List<String> topics,
        Path outputPath,
        Optional<java.nio.file.Path> hadoopConfDir,
        int threads,
        long taskBytesMax,
        ParquetSettings parquet,
        long fileBytesTarget,
        Duration removedFilesGrace,
        String eventTimeField,
        AuditConfig audit,
        List<URI> metastores,
        String hiveDatabase,
        MetricsListener metrics,
        RunConfig run,
        Optional<MapReduceSettings> mapReduce) {

    /** Where tasks run. */
    enum Engine {
        LOCAL,
        MAPREDUCE
    }

    /** Compression of Parquet pages. */
    enum Codec {
        UNCOMPRESSED,
        SNAPPY,
        GZIP,
        LZ4_RAW,
        ZSTD
    }

    /** Heap of the process without its tasks. */
    private static final long PROCESS_BYTES = 64L << 20;

    /** Heap of a task beside {@code task.memory.bytes}: fetched batches, and pages while they are compressed. */
    private static final long TASK_OVERHEAD_BYTES = 48L << 20;

    private static final ConfigKey<String> BOOTSTRAP_SERVERS =
            ConfigKey.text("bootstrap.servers", "127.0.0.1:9092", "Brokers, as host:port, comma-separated.");
    private static final ConfigKey<String> REGISTRY =
            ConfigKey.text("schema.registry.url", "http://127.0.0.1:8081", "The schema registry.");
    private static final ConfigKey<String> ZOOKEEPER = ConfigKey.text(
            "zookeeper.connect",
            "127.0.0.1:2181",
            "ZooKeeper, for the lock that keeps loads of a group from overlapping.");
    private static final ConfigKey<String> GROUP = ConfigKey.text(
            "group.id",
            "tailrace-loader",
            "The consumer group whose offsets show the loader's progress to lag tools. The loader never reads them.");
    private static final ConfigKey<List<String>> TOPICS = ConfigKey.list("topics", "access-log", "Topics to load.");
    private static final ConfigKey<String> OUTPUT_PATH = ConfigKey.text(
            "output.path",
            null,
            "Folder of tables and commits, on hdfs:// or file://, such as hdfs://namenode:8020/tailrace.");
    private static final ConfigKey<String> HADOOP_CONF_DIR = ConfigKey.text(
            "hadoop.conf.dir",
            "",
            "Folder of core-site.xml, hdfs-site.xml and, for engine=mapreduce, yarn-site.xml; empty for the environment's"
                    + " HADOOP_CONF_DIR, or else Hadoop's defaults.");
    private static final ConfigKey<Engine> ENGINE = ConfigKey.choice(
            "engine",
            Engine.class,
            Engine.LOCAL,
            "Where tasks run; local: in threads of this process, mapreduce: in containers of a YARN cluster.");
    private static final ConfigKey<Integer> THREADS = ConfigKey.integer(
            "tasks.parallel",
            0,
            0,
            256,
            "Tasks that run at once with engine=local; 0: one for each processor, as many as the heap has room for.");
    private static final ConfigKey<Long> TASK_BYTES_MAX = ConfigKey.longInteger(
            "task.bytes.max", 512L << 20, 1, Long.MAX_VALUE, "Bytes of values that one task loads, estimated.");
    private static final ConfigKey<Codec> CODEC =
            ConfigKey.choice("parquet.compression", Codec.class, Codec.ZSTD, "Compression of Parquet pages.");
    private static final ConfigKey<Long> ROW_GROUP_BYTES = ConfigKey.longInteger(
            "parquet.row.group.bytes",
            16L << 20,
            1 << 16,
            1L << 31,
            "Size of a row group, which is kept in memory until it is written; at most half of task.memory.bytes.");
    private static final ConfigKey<Long> TASK_MEMORY_BYTES = ConfigKey.longInteger(
            "task.memory.bytes",
            64L << 20,
            1 << 20,
            1L << 40,
            "Memory of one task for rows that are not in files yet: half for rows that wait for the file of their hour, half for"
                    + " the row groups of open files.");
    private static final ConfigKey<String> TASK_SPILL_DIR = ConfigKey.text(
            "task.spill.dir",
            "",
            "Folder on a local disk for rows of many hours that do not fit in a task's memory; empty for Java's java.io.tmpdir.");
    private static final ConfigKey<Long> TASK_SPILL_BYTES_MAX = ConfigKey.longInteger(
            "task.spill.bytes.max",
            2L << 30,
            1 << 20,
            1L << 50,
            "Bytes that one task has in task.spill.dir before it completes its files and starts another one for each hour.");
    private static final ConfigKey<Long> FILE_BYTES_TARGET = ConfigKey.longInteger(
            "file.bytes.target",
            128L << 20,
            1 << 20,
            1L << 40,
            "Size in bytes of the files that compact makes. Hours with at least two files of less than half of it are"
                    + " merged.");
    private static final ConfigKey<Long> REMOVED_FILES_GRACE_MS = ConfigKey.longInteger(
            "removed.files.grace.ms",
            Duration.ofDays(1).toMillis(),
            0,
            Duration.ofDays(365).toMillis(),
            "How long a file stays after it was replaced, for queries that read it already.");
    private static final ConfigKey<String> EVENT_TIME_FIELD = ConfigKey.text(
            "event.time.field",
            "eventTime",
            "The timestamp field that decides an event's hour. If the schema has no such field, the record's timestamp"
                    + " decides.");
    private static final ConfigKey<List<String>> METASTORES = ConfigKey.list(
            "hive.metastore.uris",
            "",
            "Hive metastores, as thrift://host:9083, tried in order; empty to not use Hive.");
    private static final ConfigKey<String> HIVE_DATABASE =
            ConfigKey.text("hive.database", "default", "The Hive database of the tables; it must exist.");

    private static final List<ConfigKey<?>> LOADER_KEYS = List.of(
            BOOTSTRAP_SERVERS,
            REGISTRY,
            ZOOKEEPER,
            GROUP,
            TOPICS,
            OUTPUT_PATH,
            HADOOP_CONF_DIR,
            ENGINE,
            THREADS,
            TASK_BYTES_MAX,
            CODEC,
            ROW_GROUP_BYTES,
            FILE_BYTES_TARGET,
            REMOVED_FILES_GRACE_MS,
            TASK_MEMORY_BYTES,
            TASK_SPILL_DIR,
            TASK_SPILL_BYTES_MAX,
            EVENT_TIME_FIELD,
            METASTORES,
            HIVE_DATABASE,
            MetricsListener.KEY);

    static final ConfigKeys KEYS =
            ConfigKeys.of(Stream.of(LOADER_KEYS, AuditConfig.KEYS, RunConfig.KEYS, MapReduceSettings.KEYS)
                    .flatMap(List::stream)
                    .toList());

    /**
     * Reads a configuration.
     *
     * @throws ConfigException if a required key is missing or an address is invalid
     */
    static LoaderConfig of(Config config) {
        String hadoopConfDir = config.value(HADOOP_CONF_DIR);
        Path output = new Path(uri(OUTPUT_PATH, config.value(OUTPUT_PATH), "hdfs", "file"));
        return new LoaderConfig(
                config.value(BOOTSTRAP_SERVERS),
                uri(REGISTRY, config.value(REGISTRY), "http", "https"),
                config.value(ZOOKEEPER),
                config.value(GROUP),
                config.value(TOPICS),
                output,
                hadoopConfDir.isEmpty() ? Optional.empty() : Optional.of(java.nio.file.Path.of(hadoopConfDir)),
                threads(config.value(THREADS), config.value(TASK_MEMORY_BYTES)),
                config.value(TASK_BYTES_MAX),
                new ParquetSettings(
                        CompressionCodecName.valueOf(config.value(CODEC).name()),
                        config.value(ROW_GROUP_BYTES),
                        new TaskMemory(
                                config.value(TASK_MEMORY_BYTES),
                                config.value(TASK_SPILL_DIR),
                                config.value(TASK_SPILL_BYTES_MAX))),
                config.value(FILE_BYTES_TARGET),
                Duration.ofMillis(config.value(REMOVED_FILES_GRACE_MS)),
                config.value(EVENT_TIME_FIELD),
                AuditConfig.of(config),
                config.value(METASTORES).stream().map(text -> metastore(text)).toList(),
                config.value(HIVE_DATABASE).toLowerCase(Locale.ROOT),
                config.value(MetricsListener.KEY),
                RunConfig.of(config),
                config.value(ENGINE) == Engine.MAPREDUCE
                        ? Optional.of(MapReduceSettings.of(config, output))
                        : Optional.empty());
    }

    private static int threads(int configured, long taskMemoryBytes) {
        Runtime runtime = Runtime.getRuntime();
        return configured > 0
                ? configured
                : threads(runtime.availableProcessors(), runtime.maxMemory(), taskMemoryBytes);
    }

    /** One task for each processor, as long as the heap has room for it; at least one. */
    static int threads(int processors, long heapBytes, long taskMemoryBytes) {
        long room = (heapBytes - PROCESS_BYTES) / (taskMemoryBytes + TASK_OVERHEAD_BYTES);
        return (int) Math.max(1, Math.min(processors, room));
    }

    private static URI metastore(String text) {
        URI uri = uri(METASTORES, text, "thrift");
        if (uri.getHost() == null || uri.getPort() < 0) {
            throw new ConfigException("hive.metastore.uris=" + text + ": expected thrift://host:port");
        }
        return uri;
    }

    private static URI uri(ConfigKey<?> key, String text, String... schemes) {
        String expected = "expected a URI that starts with " + String.join(": or ", schemes) + ":";
        try {
            URI uri = URI.create(text);
            if (uri.getScheme() != null
                    && List.of(schemes).contains(uri.getScheme().toLowerCase(Locale.ROOT))) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            throw new ConfigException(key.name() + "=" + text + ": " + e.getMessage() + ", " + expected);
        }
        throw new ConfigException(key.name() + "=" + text + ": " + expected);
    }
}
