package io.tailrace.systemtests;

import static org.awaitility.Awaitility.await;

import io.tailrace.protocol.message.MetadataResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Measures what partitions cost three brokers that hold a replica of each: creating and listing them, losing the controller
 * to {@code kill -9}, stopping the next controller, and restarting either. Run it with {@code scripts/dev measure partitions}.
 */
class PartitionsMeasurement {
    private static final int PARTITIONS_PER_TOPIC = Integer.getInteger("partitionsPerTopic", 25);
    private static final int TOPICS_AT_ONCE = Math.max(1, 250 / PARTITIONS_PER_TOPIC);
    private static final int RECORDS_PER_PARTITION = 10;
    private static final int REPEATED = 21;
    private static final List<Integer> SIZES = Stream.of(
                    System.getProperty("sizes", "250,500,1000,2000").split(","))
            .map(Integer::valueOf)
            .toList();

    @RegisterExtension
    static final LocalCluster CLUSTER =
            LocalCluster.ofBrokers(3, Map.of("zookeeper.session.timeout.ms", "6000", "min.insync.replicas", "2"));

    private final KafkaClients clients = new KafkaClients(CLUSTER::bootstrapServers);
    private final List<String> topics = new ArrayList<>();
    private final List<Row> rows = new ArrayList<>();

    /** All values but the first three are in milliseconds. */
    private record Row(
            int partitions,
            long residentMiB,
            long openFiles,
            long create,
            long metadata,
            long describe,
            long produce,
            long election,
            long readyAfterKill,
            long wholeAfterKill,
            long startCpu,
            long witnessCpu,
            long handover,
            long stop,
            long readyAfterStop,
            long wholeAfterStop) {}

    @Test
    void measure() throws Exception {
        Findings findings = new Findings(
                "partitions",
                "partitions",
                "resident_mib",
                "open_files",
                "create_250_ms",
                "metadata_ms",
                "topics_describe_ms",
                "produce_ms",
                "election_ms",
                "ready_after_kill_ms",
                "whole_after_kill_ms",
                "start_cpu_ms",
                "witness_cpu_ms",
                "handover_ms",
                "stop_ms",
                "ready_after_stop_ms",
                "whole_after_stop_ms");
        for (int size : SIZES) {
            Row row = measure(size);
            rows.add(row);
            findings.add(
                    row.partitions(),
                    row.residentMiB(),
                    row.openFiles(),
                    row.create(),
                    row.metadata(),
                    row.describe(),
                    row.produce(),
                    row.election(),
                    row.readyAfterKill(),
                    row.wholeAfterKill(),
                    row.startCpu(),
                    row.witnessCpu(),
                    row.handover(),
                    row.stop(),
                    row.readyAfterStop(),
                    row.wholeAfterStop());
        }
        findings.write();
        plot();
    }

    private Row measure(int size) throws Exception {
        long create = 0;
        while (topics.size() * PARTITIONS_PER_TOPIC < size) {
            create = create();
        }
        try (ClusterWatch watch = new ClusterWatch(CLUSTER, topics)) {
            LocalBroker killed = CLUSTER.broker(watch.controller());
            long residentMiB = killed.process().residentMiB();
            long openFiles = openFiles(killed);
            LocalBroker witness = CLUSTER.broker(killed.id() % 3 + 1);
            long metadata = median(() -> watch.ask(witness));
            long describe =
                    timed(() -> Command.tailrace("topics", "describe", "--bootstrap-server", CLUSTER.bootstrapServers())
                            .requireSuccess());
            long produce = produce();

            long witnessCpuBefore = witness.process().cpuMs();
            killed.kill9();
            until(watch, witness, answer -> isGone(answer, killed));
            long election = timed(() -> until(watch, witness, answer -> isLedWithout(answer, killed)));
            Start afterKill = start(watch, killed, witness);
            long startCpu = killed.process().cpuMs();
            long witnessCpu = witness.process().cpuMs() - witnessCpuBefore;

            LocalBroker stopped = CLUSTER.broker(watch.controller());
            CompletableFuture<Long> stopping = CompletableFuture.supplyAsync(() -> timed(stopped::terminate));
            long handover = timed(() -> until(watch, killed, answer -> isLedWithout(answer, stopped)));
            long stop = stopping.get();
            Start afterStop = start(watch, stopped, killed);
            return new Row(
                    size,
                    residentMiB,
                    openFiles,
                    create,
                    metadata,
                    describe,
                    produce,
                    election,
                    afterKill.readyMs(),
                    afterKill.wholeMs(),
                    startCpu,
                    witnessCpu,
                    handover,
                    stop,
                    afterStop.readyMs(),
                    afterStop.wholeMs());
        }
    }

    /** Median time to an acknowledgement by all replicas, for single records, each to another partition. */
    private long produce() throws Exception {
        try (KafkaProducer<String, String> producer = clients.producer(Map.of())) {
            Iterator<String> names =
                    Stream.generate(() -> topics).flatMap(List::stream).iterator();
            return median(() ->
                    producer.send(KafkaClients.placed(names.next(), 0, "one")).get());
        }
    }

    /** Times from a broker's start until it was ready, and until every replica was in sync. */
    private record Start(long readyMs, long wholeMs) {}

    private Start start(ClusterWatch watch, LocalBroker broker, LocalBroker witness) throws Exception {
        long nanos = System.nanoTime();
        broker.restart();
        long readyMs = ms(nanos);
        until(watch, witness, PartitionsMeasurement::isWhole);
        return new Start(readyMs, ms(nanos));
    }

    /** Creates topics with one request, sends a few records to each partition, and returns the time that the creation took. */
    private long create() throws Exception {
        List<String> names = IntStream.range(topics.size(), topics.size() + TOPICS_AT_ONCE)
                .mapToObj("t%03d"::formatted)
                .toList();
        long createMs;
        try (Admin admin = clients.admin()) {
            createMs = timed(() -> admin.createTopics(names.stream()
                            .map(name -> new NewTopic(name, PARTITIONS_PER_TOPIC, (short) 3))
                            .toList())
                    .all()
                    .get());
        }
        List<ProducerRecord<String, String>> records = new ArrayList<>();
        for (int number = 0; number < RECORDS_PER_PARTITION; number++) {
            for (String name : names) {
                for (int partition = 0; partition < PARTITIONS_PER_TOPIC; partition++) {
                    records.add(KafkaClients.placed(name, partition, "record " + number));
                }
            }
        }
        clients.send(records, Map.of());
        topics.addAll(names);
        System.out.printf("partitions: %d created in %d ms%n", names.size() * PARTITIONS_PER_TOPIC, createMs);
        return createMs;
    }

    private static boolean isGone(MetadataResponse answer, LocalBroker broker) {
        return answer.brokers().stream().noneMatch(each -> each.nodeId() == broker.id());
    }

    private static boolean isLedWithout(MetadataResponse answer, LocalBroker broker) {
        return partitions(answer).allMatch(each -> each.leaderId() >= 0 && each.leaderId() != broker.id());
    }

    private static boolean isWhole(MetadataResponse answer) {
        return partitions(answer).allMatch(each -> each.isrNodes().size() == 3);
    }

    private static Stream<MetadataResponse.Partition> partitions(MetadataResponse answer) {
        return answer.topics().stream().flatMap(topic -> topic.partitions().stream());
    }

    private static void until(ClusterWatch watch, LocalBroker witness, Predicate<MetadataResponse> condition) {
        await("the cluster as broker %d sees it".formatted(witness.id()))
                .atMost(Duration.ofMinutes(3))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(20))
                .ignoreExceptionsInstanceOf(ExecutionException.class)
                .until(() -> condition.test(watch.ask(witness)));
    }

    private interface Task {
        void run() throws Exception;
    }

    private static long timed(Task task) {
        long nanos = System.nanoTime();
        try {
            task.run();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        return ms(nanos);
    }

    private static long median(Task task) {
        return LongStream.generate(() -> timed(task)).limit(REPEATED).sorted().toArray()[REPEATED / 2];
    }

    private static long ms(long fromNanos) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - fromNanos);
    }

    private static long openFiles(LocalBroker broker) throws Exception {
        try (Stream<Path> files =
                Files.list(Path.of("/proc", String.valueOf(broker.process().pid()), "fd"))) {
            return files.count();
        }
    }

    private void plot() throws Exception {
        Plot times = new Plot("Three brokers, three replicas of each partition: time", "partitions", "milliseconds");
        times.points("250 more created", column(Row::partitions), column(Row::create));
        times.points("metadata of all", column(Row::partitions), column(Row::metadata));
        times.points("elections after kill -9", column(Row::partitions), column(Row::election));
        times.points("leaderships moved at a stop", column(Row::partitions), column(Row::handover));
        times.points("ready after kill -9", column(Row::partitions), column(Row::readyAfterKill));
        times.points("in sync after kill -9", column(Row::partitions), column(Row::wholeAfterKill));
        times.write("partitions");
        Plot cpu = new Plot(
                "Three brokers, three replicas of each partition: processor time from kill -9 until all replicas are"
                        + " in sync",
                "partitions",
                "milliseconds");
        cpu.points("restarted broker", column(Row::partitions), column(Row::startCpu));
        cpu.points("another broker", column(Row::partitions), column(Row::witnessCpu));
        cpu.write("partitions-cpu");
    }

    private List<Number> column(Function<Row, Number> column) {
        return rows.stream().map(column).toList();
    }
}
