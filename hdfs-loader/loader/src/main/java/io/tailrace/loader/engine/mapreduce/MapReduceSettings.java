package io.tailrace.loader.engine.mapreduce;

import io.tailrace.config.Config;
import io.tailrace.config.ConfigException;
import io.tailrace.config.ConfigKey;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.Path;

/**
 * How a load runs as a MapReduce job.
 *
 * @param queue the queue of YARN
 * @param splitBytes size of the values that one container loads, estimated
 * @param containersMax containers that load at once; 0 for as many as YARN grants
 * @param memoryMb memory of a container, in MiB
 * @param javaOptions flags of the containers' JVMs
 * @param javaHome the Java on the nodes; empty for the nodes' own JAVA_HOME
 * @param masterAttemptsMax how often YARN starts the application master
 * @param libraries the folder of shipped libraries, as a URI
 */
public record MapReduceSettings(
        String queue,
        long splitBytes,
        int containersMax,
        int memoryMb,
        String javaOptions,
        Optional<String> javaHome,
        int masterAttemptsMax,
        Path libraries) {
    private static final ConfigKey<String> QUEUE =
            ConfigKey.text("mapreduce.queue", "default", "The YARN queue of the job.");
    private static final ConfigKey<Long> SPLIT_BYTES = ConfigKey.longInteger(
            "mapreduce.split.bytes",
            1L << 30,
            1,
            Long.MAX_VALUE,
            "Bytes of values that one container loads, estimated: tasks are packed into containers up to this size.");
    private static final ConfigKey<Integer> CONTAINERS_MAX = ConfigKey.integer(
            "mapreduce.containers.max",
            0,
            0,
            100_000,
            "Containers of one job that load at once; 0 for as many as YARN grants.");
    private static final ConfigKey<Integer> MEMORY_MB = ConfigKey.integer(
            "mapreduce.map.memory.mb", 1024, 128, 1 << 20, "Memory of a container that loads, in MiB.");
    private static final ConfigKey<String> JAVA_OPTIONS = ConfigKey.text(
            "mapreduce.map.java.opts",
            "",
            "Flags of the JVM of a container that loads; empty for a heap of three quarters of its memory.");
    private static final ConfigKey<String> JAVA_HOME = ConfigKey.text(
            "mapreduce.java.home",
            "",
            "Folder of Java 17 or newer on the nodes; empty for the JAVA_HOME of the NodeManagers.");
    private static final ConfigKey<Integer> MASTER_ATTEMPTS_MAX = ConfigKey.integer(
            "mapreduce.am.max-attempts",
            2,
            1,
            9,
            "How often YARN starts the job's application master, at most; yarn.resourcemanager.am.max-attempts of the"
                    + " cluster limits it.");
    private static final ConfigKey<String> LIBRARIES = ConfigKey.text(
            "mapreduce.lib.dir",
            "",
            "Folder on HDFS where the loader puts its libraries for containers; empty for _tailrace/lib in"
                    + " output.path.");

    /** The keys, in the order of their documentation. */
    public static final List<ConfigKey<?>> KEYS = List.of(
            QUEUE, SPLIT_BYTES, CONTAINERS_MAX, MEMORY_MB, JAVA_OPTIONS, JAVA_HOME, MASTER_ATTEMPTS_MAX, LIBRARIES);

    /**
     * Reads the settings.
     *
     * @param output {@code output.path}
     * @throws ConfigException if containers on other machines could not use a folder
     */
    public static MapReduceSettings of(Config config, Path output) {
        int memoryMb = config.value(MEMORY_MB);
        String options = config.value(JAVA_OPTIONS);
        String javaHome = config.value(JAVA_HOME);
        String libraries = config.value(LIBRARIES);
        hdfs("output.path", output);
        return new MapReduceSettings(
                config.value(QUEUE),
                config.value(SPLIT_BYTES),
                config.value(CONTAINERS_MAX),
                memoryMb,
                options.isEmpty() ? "-Xmx" + memoryMb * 3L / 4 + "m -XX:+ExitOnOutOfMemoryError" : options,
                javaHome.isEmpty() ? Optional.empty() : Optional.of(javaHome),
                config.value(MASTER_ATTEMPTS_MAX),
                libraries.isEmpty()
                        ? new Path(output, "_tailrace/lib")
                        : hdfs(LIBRARIES.name(), new Path(URI.create(libraries))));
    }

    private static Path hdfs(String key, Path folder) {
        if (!"hdfs".equals(folder.toUri().getScheme())) {
            throw new ConfigException(key + "=" + folder
                    + ": expected hdfs:// with engine=mapreduce, because containers run on other machines");
        }
        return folder;
    }
}
