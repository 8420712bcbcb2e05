package io.tailrace.systemtests;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Measures a transactional producer of Apache Kafka with one broker of ours and one of Apache Kafka, in turn. Run it with
 * {@code scripts/dev measure transactions}.
 */
class TransactionsMeasurement {
    private static final int ROUNDS = Integer.getInteger("rounds", 5);
    /** Until the compilers of both brokers have little left to do. */
    private static final int WARM_UPS = Integer.getInteger("warmUps", 5);

    private static final int PARTITIONS = 4;
    private static final String VALUE = "x".repeat(1_000);

    @RegisterExtension
    static final LocalCluster CLUSTER = LocalCluster.ofOneBroker();

    private final Findings findings = new Findings(
            "transactions", "broker", "records_per_transaction", "round", "records", "ms", "broker_cpu_ms");
    private final Map<String, Sum> sums = new LinkedHashMap<>();

    /** The sum of some runs. */
    private record Sum(long records, long ms, long cpuMs) {
        Sum plus(Sum other) {
            return new Sum(records + other.records, ms + other.ms, cpuMs + other.cpuMs);
        }

        @Override
        public String toString() {
            return "%,d records a second, %.1f s of the broker's processor time a million records"
                    .formatted(records * 1_000 / ms, cpuMs * 1e3 / records);
        }
    }

    /** A broker that is measured. */
    private record Measured(String name, KafkaClients clients, LongSupplier cpuMs) {}

    /** How many records a transaction has, and how many transactions a run has. */
    private record Shape(int records, int transactions) {
        private static final List<Shape> ALL = List.of(new Shape(10, 2_000), new Shape(1_000, 300));
    }

    @Test
    void measure() throws Exception {
        try (MeasuredApacheKafka kafka =
                MeasuredApacheKafka.start(CLUSTER.folder().resolve("apache-kafka"))) {
            List<Measured> all = List.of(
                    new Measured("Tailrace", new KafkaClients(CLUSTER::bootstrapServers), () -> CLUSTER.broker(1)
                            .process()
                            .cpuMs()),
                    new Measured("Apache Kafka", new KafkaClients(kafka::bootstrapServers), kafka::cpuMs));
            for (Measured broker : all) {
                broker.clients().createTopic("measured", PARTITIONS);
                for (int i = 1; i <= WARM_UPS; i++) {
                    for (Shape shape : Shape.ALL) {
                        run(broker, shape, "warm-up-" + i);
                    }
                }
            }
            for (int round = 1; round <= ROUNDS; round++) {
                for (Shape shape : Shape.ALL) {
                    for (int i = 0; i < all.size(); i++) {
                        Measured broker = all.get((i + round) % all.size());
                        Sum run = run(broker, shape, "round-" + round);
                        findings.add(broker.name(), shape.records(), round, run.records(), run.ms(), run.cpuMs());
                        sums.merge(
                                "%s, %d records in a transaction".formatted(broker.name(), shape.records()),
                                run,
                                Sum::plus);
                    }
                }
            }
        }
        findings.write();
        sums.forEach((name, sum) -> System.out.println(name + ": " + sum));
    }

    private static Sum run(Measured broker, Shape shape, String id) {
        String transactionalId = id + "-" + shape.records();
        try (KafkaProducer<String, String> producer =
                broker.clients().producer(Map.of("transactional.id", transactionalId, "linger.ms", 5))) {
            producer.initTransactions();
            long cpuBefore = broker.cpuMs().getAsLong();
            long began = System.nanoTime();
            for (int transaction = 0; transaction < shape.transactions(); transaction++) {
                producer.beginTransaction();
                for (int i = 0; i < shape.records(); i++) {
                    var unused = producer.send(new ProducerRecord<>("measured", i % PARTITIONS, null, VALUE));
                }
                producer.commitTransaction();
            }
            long ms = Duration.ofNanos(System.nanoTime() - began).toMillis();
            long cpuMs = broker.cpuMs().getAsLong() - cpuBefore;
            return new Sum((long) shape.records() * shape.transactions(), ms, cpuMs);
        }
    }
}
