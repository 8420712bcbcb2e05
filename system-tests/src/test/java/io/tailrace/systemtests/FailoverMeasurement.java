package io.tailrace.systemtests;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.TopicPartitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Measures how long an {@code acks=all} producer waits after its leader is killed ({@code kill -9}) or stopped (SIGTERM), and
 * how long the restarted broker takes to be in sync. Three brokers, three replicas, {@code min.insync.replicas=2}, and the
 * default session timeout. Run it with {@code scripts/dev measure failover}.
 */
class FailoverMeasurement {
    private static final String TOPIC = "failover";
    private static final int RUNS = Integer.getInteger("runs", 5);
    private static final long SESSION_TIMEOUT_MS = 18_000;
    private static final Duration STEADY = Duration.ofSeconds(3);
    private static final long PLOTTED_GAP_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final double PLOTTED_STEP_S = 0.25;

    @RegisterExtension
    static final LocalCluster CLUSTER = LocalCluster.ofBrokers(
            3, Map.of("zookeeper.session.timeout.ms", String.valueOf(SESSION_TIMEOUT_MS), "min.insync.replicas", "2"));

    private final KafkaClients clients = new KafkaClients(CLUSTER::bootstrapServers);
    private final Findings findings = new Findings("failover", "fault", "run", "gap_ms", "ready_ms", "isr_whole_ms");

    private enum Fault {
        KILL("kill -9") {
            @Override
            void on(LocalBroker broker) throws InterruptedException {
                broker.kill9();
            }
        },
        STOP("SIGTERM") {
            @Override
            void on(LocalBroker broker) throws InterruptedException {
                broker.terminate();
            }
        };

        private final String label;

        Fault(String label) {
            this.label = label;
        }

        abstract void on(LocalBroker broker) throws InterruptedException;
    }

    /** {@link System#nanoTime} of the fault, of the restart and of the moment when all replicas were in sync again. */
    private record Run(long faultNanos, long healNanos, long wholeNanos, long gapMs) {}

    @Test
    void measure() throws Exception {
        try (Admin admin = clients.admin()) {
            admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 3))).all().get();
            awaitWhole(admin);
            try (Acknowledgements acknowledgements = new Acknowledgements(clients.producer(Map.of()), TOPIC)) {
                acknowledgements.awaitNext();
                for (Fault fault : Fault.values()) {
                    measure(fault, admin, acknowledgements);
                }
                System.out.println("failover: failed sends: " + acknowledgements.failures());
            }
        }
        findings.write();
    }

    private void measure(Fault fault, Admin admin, Acknowledgements acknowledgements) throws Exception {
        List<Run> runs = new ArrayList<>();
        for (int number = 1; number <= RUNS; number++) {
            Run run = run(fault, admin, acknowledgements, number);
            runs.add(run);
        }
        System.out.printf(
                "failover by %s: no acknowledgement for %s ms, in sync %s ms after the restart%n",
                fault.label,
                Findings.spread(runs.stream().map(Run::gapMs).toList()),
                Findings.spread(runs.stream()
                        .map(run -> ms(run.healNanos(), run.wholeNanos()))
                        .toList()));
        plot(fault, runs.get(runs.size() - 1), acknowledgements);
    }

    private Run run(Fault fault, Admin admin, Acknowledgements acknowledgements, int number) throws Exception {
        steady();
        LocalBroker leader = CLUSTER.broker(partition(admin).leader().id());
        long faultNanos = System.nanoTime();
        fault.on(leader);
        acknowledgements.awaitNext();
        long gapMs = acknowledgements.longestGapMs(faultNanos - TimeUnit.SECONDS.toNanos(1), System.nanoTime());
        steady();
        long healNanos = System.nanoTime();
        leader.restart();
        long readyMs = ms(healNanos, System.nanoTime());
        awaitWhole(admin);
        Run run = new Run(faultNanos, healNanos, System.nanoTime(), gapMs);
        findings.add(fault.label, number, gapMs, readyMs, ms(healNanos, run.wholeNanos()));
        return run;
    }

    /** Lets the load run undisturbed for a while. This is part of the measurement, not a way to synchronise. */
    private static void steady() throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(STEADY.toNanos());
    }

    private static long ms(long fromNanos, long toNanos) {
        return TimeUnit.NANOSECONDS.toMillis(toNanos - fromNanos);
    }

    private static void awaitWhole(Admin admin) {
        await("three replicas in sync")
                .atMost(Duration.ofMinutes(2))
                .pollInterval(Duration.ofMillis(50))
                .ignoreExceptions()
                .until(() -> partition(admin).isr().size() == 3);
    }

    private static TopicPartitionInfo partition(Admin admin) throws Exception {
        return Objects.requireNonNull(
                        admin.describeTopics(List.of(TOPIC)).topicNameValues().get(TOPIC))
                .get()
                .partitions()
                .get(0);
    }

    private static void plot(Fault fault, Run run, Acknowledgements acknowledgements) throws Exception {
        List<Long> times = acknowledgements.between(
                run.faultNanos() - STEADY.toNanos(), run.wholeNanos() + TimeUnit.SECONDS.toNanos(1));
        List<Double> seconds = new ArrayList<>();
        List<Integer> counts = new ArrayList<>();
        for (int i = 0; i < times.size(); i++) {
            double second = ms(run.faultNanos(), times.get(i)) / 1000.0;
            boolean last = i == times.size() - 1;
            // Both ends of each gap and few other points: the SVG file is checked in.
            if (last
                    || seconds.isEmpty()
                    || times.get(i + 1) - times.get(i) > PLOTTED_GAP_NANOS
                    || second - seconds.get(seconds.size() - 1) >= PLOTTED_STEP_S) {
                seconds.add(second);
                counts.add(i + 1);
            }
        }
        Plot plot = new Plot(
                "Records acknowledged to an acks=all producer, leader ended by " + fault.label,
                "seconds",
                "acknowledged records");
        plot.line("acknowledged", seconds, counts);
        plot.mark(0, fault.label);
        plot.mark(ms(run.faultNanos(), run.healNanos()) / 1000.0, "restarted");
        plot.mark(ms(run.faultNanos(), run.wholeNanos()) / 1000.0, "in sync");
        plot.write("failover-" + fault.name().toLowerCase(Locale.ROOT));
    }
}
