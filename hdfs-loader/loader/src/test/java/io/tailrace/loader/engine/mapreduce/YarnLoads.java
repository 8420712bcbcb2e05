package io.tailrace.loader.engine.mapreduce;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.client.Admin;
import io.tailrace.client.ClientConfig;
import io.tailrace.client.NewTopic;
import io.tailrace.client.Producer;
import io.tailrace.client.ProducerConfig;
import io.tailrace.client.ProducerRecord;
import io.tailrace.coordination.DevelopmentZooKeeper;
import io.tailrace.loader.LoadCommand;
import io.tailrace.loader.RegistryProcess;
import io.tailrace.loader.commit.CommitLog;
import io.tailrace.loader.run.AccessLog;
import io.tailrace.loader.store.Store;
import io.tailrace.loader.table.Layout;
import io.tailrace.schemas.HttpSchemaRegistryClient;
import io.tailrace.schemas.SchemaRegistryClient;
import io.tailrace.server.BrokerServer;
import io.tailrace.server.config.BrokerConfig;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.apache.avro.generic.GenericRecord;
import org.apache.parquet.avro.AvroParquetReader;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.util.HadoopInputFile;

/** A broker with its registry, a cluster of YARN, and loads between them, each as its own process. */
final class YarnLoads implements AutoCloseable {
    /** Far more than any step takes. */
    static final Duration STEP_MAX = Duration.ofMinutes(10);

    /** Where loads of the MapReduce engine put their output. */
    static final String OUTPUT = "/mapreduce";

    private static final String LOCAL_OUTPUT = "/local";

    private final Path dir;
    private final DevelopmentZooKeeper zooKeeper;
    private final BrokerServer broker;
    private final RegistryProcess registry;
    private final List<Process> started = new ArrayList<>();
    final MiniYarn yarn;
    final Distribution distribution;
    final ContainerProcesses containers;

    YarnLoads(Path dir) throws Exception {
        this.dir = dir;
        yarn = new MiniYarn(dir);
        zooKeeper = DevelopmentZooKeeper.start(Map.of(
                "dataDir", dir.resolve("zookeeper").toString(), "clientPort", "0", "clientPortAddress", "127.0.0.1"));
        broker = BrokerServer.start(BrokerConfig.of(Map.of(
                "broker.id", "1",
                "listeners", "PLAINTEXT://127.0.0.1:0",
                "log.dirs", dir.resolve("logs").toString(),
                "log.dir.free.bytes.min", "0",
                "zookeeper.connect", "127.0.0.1:" + zooKeeper.port())));
        registry = RegistryProcess.start(brokers());
        distribution = new Distribution(dir.resolve("lib"));
        containers = new ContainerProcesses(dir);
    }

    private String brokers() {
        return "127.0.0.1:" + broker.port();
    }

    String registryUrl() {
        return registry.url();
    }

    /** Starts a load, or a reload, with a container for each partition, with the command that is given. */
    Process start(String topic, Path confDir, List<String> command, String... settings) throws IOException {
        List<String> all = new ArrayList<>(List.of(
                "engine=mapreduce",
                "mapreduce.split.bytes=1",
                "mapreduce.map.memory.mb=256",
                "mapreduce.map.java.opts=-Xmx160m " + MiniYarn.JVM_FLAGS,
                "mapreduce.am.max-attempts=3",
                "mapreduce.java.home=" + containers.javaHome()));
        all.addAll(List.of(settings));
        List<String> line = new ArrayList<>(command);
        line.addAll(arguments(topic, OUTPUT, all));
        Process load =
                distribution.start(Map.of("HADOOP_CONF_DIR", confDir.toString()), dir.resolve(topic + ".log"), line);
        started.add(load);
        return load;
    }

    /** The rows of a topic that the local engine loads, sorted. */
    List<String> rowsOfLocalLoad(String topic) throws Exception {
        loadLocally(topic, LOCAL_OUTPUT);
        return rows(LOCAL_OUTPUT, topic);
    }

    /** Loads a topic with the local engine. */
    void loadLocally(String topic, String output) throws Exception {
        String name = topic + "-local";
        List<String> line = new ArrayList<>(List.of(LoadCommand.class.getName()));
        line.addAll(arguments(topic, output, List.of()));
        Process load = distribution.start(Map.of(), dir.resolve(name + ".log"), line);
        assertThat(waitFor(load)).as(log(name)).isZero();
    }

    private List<String> arguments(String topic, String output, List<String> settings) throws IOException {
        List<String> all = new ArrayList<>(List.of(
                "bootstrap.servers=" + brokers(),
                "zookeeper.connect=127.0.0.1:" + zooKeeper.port(),
                "group.id=" + output.substring(1) + "-" + topic,
                "output.path=" + yarn.path(output)));
        all.addAll(settings);
        if (settings.stream().noneMatch(setting -> setting.startsWith("schema.registry.url="))) {
            all.add("schema.registry.url=" + registry.url());
        }
        List<String> arguments = new ArrayList<>(List.of("--topic", topic));
        all.forEach(setting -> arguments.addAll(List.of("--set", setting)));
        return arguments;
    }

    /** Returns the exit code. */
    static int waitFor(Process load) throws InterruptedException {
        try {
            assertThat(load.waitFor(STEP_MAX.toSeconds(), TimeUnit.SECONDS)).isTrue();
            return load.exitValue();
        } finally {
            load.destroyForcibly();
        }
    }

    /** What the load of a topic printed. */
    String log(String topic) throws IOException {
        return Files.readString(dir.resolve(topic + ".log"));
    }

    /** The names in a folder of HDFS; none if it does not exist. */
    List<String> names(String folder) throws IOException {
        try (Store store = Store.open(yarn.path(folder), yarn.conf())) {
            return store.names(yarn.path(folder));
        }
    }

    /** The data files of a topic. */
    List<org.apache.hadoop.fs.Path> files(String output, String topic) throws IOException {
        Layout layout = new Layout(yarn.path(output), topic);
        try (Store store = Store.open(yarn.path(output), yarn.conf())) {
            return new CommitLog(store, layout)
                    .state().files().stream().map(layout::file).toList();
        }
    }

    /** Deletes a file, as a mistake of an operator would. */
    void delete(org.apache.hadoop.fs.Path file) throws IOException {
        try (Store store = Store.open(file, yarn.conf())) {
            store.delete(file);
        }
    }

    /** The rows of a topic, sorted. */
    List<String> rows(String output, String topic) throws IOException {
        List<String> rows = new ArrayList<>();
        for (org.apache.hadoop.fs.Path file : files(output, topic)) {
            try (ParquetReader<GenericRecord> reader = AvroParquetReader.<GenericRecord>builder(
                            HadoopInputFile.fromPath(file, yarn.conf()))
                    .build()) {
                for (GenericRecord row = reader.read(); row != null; row = reader.read()) {
                    rows.add(row.toString());
                }
            }
        }
        rows.sort(null);
        return rows;
    }

    /** Creates a topic with records. */
    void produce(String topic, int partitions, int records) {
        try (Admin admin = Admin.create(ClientConfig.of(brokers()))) {
            admin.createTopic(new NewTopic(topic, OptionalInt.of(partitions), OptionalInt.of(1), Map.of()));
        }
        SchemaRegistryClient client = new HttpSchemaRegistryClient(URI.create(registry.url()), Duration.ofSeconds(10));
        int id = client.register(SchemaRegistryClient.valueSubject(topic), AccessLog.SCHEMA);
        try (Producer producer = Producer.create(ProducerConfig.of(brokers()))) {
            for (int i = 0; i < records; i++) {
                // An hour and a half of records, whatever their number.
                long timeMs = AccessLog.START.toEpochMilli() + 5_400_000L * i / records;
                var sent = producer.send(new ProducerRecord(
                        topic,
                        OptionalInt.of(i % partitions),
                        OptionalLong.of(timeMs),
                        null,
                        AccessLog.value(id, AccessLog.event(AccessLog.SCHEMA, timeMs, 200 + i % 5)),
                        List.of()));
                assertThat(sent).isNotCompletedExceptionally();
            }
            producer.flush(Duration.ofMinutes(1));
        }
    }

    @Override
    public void close() throws IOException {
        started.forEach(Process::destroyForcibly);
        yarn.close();
        registry.close();
        broker.close();
        zooKeeper.close();
    }
}
