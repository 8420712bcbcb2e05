package io.tailrace.systemtests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Measures processor time and memory from a file to records on a broker: the agent beside rsyslog and Flume. Each run is a new
 * process, so its start and its compilers are included. Run it with {@code scripts/dev measure agent}.
 */
class AgentMeasurement {
    private static final long BYTES = Integer.getInteger("megabytes", 500) * 1_000_000L;
    private static final int ROUNDS = Integer.getInteger("rounds", 3);
    private static final int QUIET_FILES = Integer.getInteger("quietFiles", 1000);
    private static final int QUIET_LINES = 10;

    /** Names of what is measured; empty for all that are installed. */
    private static final List<String> PROGRAMS = Stream.of(
                    System.getProperty("programs", "").split(","))
            .filter(name -> !name.isEmpty())
            .toList();

    private static final Duration IDLE = Duration.ofSeconds(30);

    /** Programs treat a file as busy for a while after its last line. */
    private static final Duration UNTIL_IDLE = Duration.ofSeconds(15);

    private static final Duration SENT_MAX = Duration.ofMinutes(10);

    @RegisterExtension
    static final LocalCluster CLUSTER = LocalCluster.ofOneBroker();

    private final KafkaClients clients = new KafkaClients(CLUSTER::bootstrapServers);
    private final Findings findings = new Findings(
            "agent",
            "program",
            "format",
            "round",
            "bytes",
            "first_record_ms",
            "ms",
            "cpu_ms",
            "resident_mib",
            "idle_cpu_percent");
    private final Map<String, List<Run>> runs = new LinkedHashMap<>();

    /** Files and their number of lines. */
    private record Logs(Path folder, long lines, long bytes) {}

    /** What a program uses while nothing is written to its files. */
    private record Quiet(double cpuPercent, long residentMiB) {}

    private record Run(long bytes, long firstRecordMs, long ms, long cpuMs, long residentMiB, double idlePercent) {
        double megabytesPerSecond() {
            return bytes / 1e3 / ms;
        }

        double megabytesPerCpuSecond() {
            return bytes / 1e3 / cpuMs;
        }

        double cpuSecondsPerGigabyte() {
            return cpuMs * 1e6 / bytes;
        }
    }

    @Test
    void measure() throws Exception {
        try (ServerProcess registry = ServerProcess.start(
                CLUSTER.folder().resolve("schema-registry.log"),
                List.of(
                        "schema-registry",
                        "--set",
                        "kafkastore.bootstrap.servers=" + CLUSTER.bootstrapServers(),
                        "--set",
                        "listeners=http://127.0.0.1:0"))) {
            String url = "http://127.0.0.1:" + registry.awaitPort();
            List<LogShipper> shippers = present(url);
            Logs access = accessLog();
            Logs quiet = quietLogs();
            for (int round = 1; round <= ROUNDS; round++) {
                List<Quiet> idle = idle(shippers, quiet, round);
                for (int i = 0; i < shippers.size(); i++) {
                    add(shippers.get(i), round, run(shippers.get(i), access, round), idle.get(i));
                }
            }
        }
        findings.write();
        runs.forEach(AgentMeasurement::print);
    }

    /** The shippers of this machine. */
    private static List<LogShipper> present(String registryUrl) throws IOException, InterruptedException {
        String flags = System.getProperty("agentFlags", "");
        List<LogShipper> present = new ArrayList<>();
        for (LogShipper shipper : List.of(
                new LogShipper.Agent("raw", false, registryUrl, flags),
                new LogShipper.Agent("raw", true, registryUrl, flags),
                new LogShipper.Agent("combined", false, registryUrl, flags),
                new LogShipper.Agent("combined", true, registryUrl, flags),
                new LogShipper.Rsyslog(),
                new LogShipper.Flume())) {
            if (!PROGRAMS.isEmpty() && !PROGRAMS.contains(shipper.name())) {
                continue;
            }
            Optional<String> missing = shipper.missing();
            if (missing.isPresent()) {
                System.out.println("agent: " + shipper.name() + " is not measured: " + missing.get());
            } else {
                present.add(shipper);
            }
        }
        return present;
    }

    /** The access log, repeated until the file is as large as it should be. */
    private static Logs accessLog() throws IOException {
        byte[] log = Files.readAllBytes(AccessLog.file());
        long lines = AccessLog.of(AccessLog.file()).lines();
        long times = Math.max(1, BYTES / log.length);
        Path folder = Files.createDirectories(CLUSTER.folder().resolve("access"));
        try (OutputStream file = Files.newOutputStream(folder.resolve("access.log"))) {
            for (long i = 0; i < times; i++) {
                file.write(log);
            }
        }
        return new Logs(folder, lines * times, log.length * times);
    }

    private static Logs quietLogs() throws IOException {
        Path folder = Files.createDirectories(CLUSTER.folder().resolve("quiet"));
        long bytes = 0;
        String line = Files.readAllLines(AccessLog.sample()).get(0);
        for (int i = 0; i < QUIET_FILES; i++) {
            String site = "\"site-" + i + "\"\n";
            Path file = folder.resolve("site-" + i + ".log");
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
                for (int each = 0; each < QUIET_LINES; each++) {
                    out.write(line.replaceFirst("\"[^\"]*\"$", site).getBytes(UTF_8));
                }
            }
            bytes += Files.size(file);
        }
        return new Logs(folder, (long) QUIET_FILES * QUIET_LINES, bytes);
    }

    /** A process and where it sends the lines of its files. */
    private record Started(ServerProcess process, Logs logs, String topic, String deadLetters) {
        void awaitAllRecords() {
            awaitRecords(logs.lines());
        }

        void awaitRecords(long count) {
            List<CommittedRecords> partitions = Stream.of(topic, deadLetters)
                    .map(name -> new CommittedRecords(
                            CLUSTER.brokers().get(0).logDirectory().resolve(name + "-0")))
                    .toList();
            await("%d records in %s".formatted(count, topic))
                    .atMost(SENT_MAX)
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(50))
                    .failFast("the program has ended", process::hasEnded)
                    .until(() -> records(partitions) >= count);
        }

        private static long records(List<CommittedRecords> partitions) throws IOException {
            long sum = 0;
            for (CommittedRecords partition : partitions) {
                sum += partition.count();
            }
            return sum;
        }
    }

    private Started start(LogShipper shipper, Logs logs, int round) throws Exception {
        String topic = "%s-%s-%s-%d"
                .formatted(shipper.name(), shipper.format(), logs.folder().getFileName(), round);
        String deadLetters = topic + "-dead";
        clients.createTopic(topic, 1);
        clients.createTopic(deadLetters, 1);
        Path state = Files.createDirectories(CLUSTER.folder().resolve(topic));
        List<String> command = shipper.commandLine(
                new LogShipper.Task(logs.folder(), state, topic, deadLetters, CLUSTER.bootstrapServers()));
        ServerProcess process =
                ServerProcess.startProgram(CLUSTER.folder().resolve(topic + ".log"), shipper.environment(), command);
        return new Started(process, logs, topic, deadLetters);
    }

    /** Runs one shipper until every line is a record. */
    private Run run(LogShipper shipper, Logs logs, int round) throws Exception {
        Started started = start(shipper, logs, round);
        long nanos = System.nanoTime();
        try (ServerProcess process = started.process()) {
            started.awaitRecords(1);
            long firstRecordMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
            started.awaitAllRecords();
            long ms = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
            return new Run(logs.bytes(), firstRecordMs, ms, process.cpuMs(), process.residentMiBMax(), 0);
        }
    }

    /** Runs all shippers side by side: other work does not change how much processor time an idle program needs. */
    private List<Quiet> idle(List<LogShipper> shippers, Logs logs, int round) throws Exception {
        List<Started> all = new ArrayList<>();
        try {
            for (LogShipper shipper : shippers) {
                all.add(start(shipper, logs, round));
            }
            all.forEach(Started::awaitAllRecords);
            TimeUnit.SECONDS.sleep(UNTIL_IDLE.toSeconds());
            List<Long> cpuMs =
                    all.stream().map(started -> started.process().cpuMs()).toList();
            TimeUnit.SECONDS.sleep(IDLE.toSeconds());
            List<Quiet> idle = new ArrayList<>();
            for (int i = 0; i < all.size(); i++) {
                ServerProcess process = all.get(i).process();
                idle.add(new Quiet(
                        (process.cpuMs() - cpuMs.get(i)) * 100.0 / IDLE.toMillis(), process.residentMiBMax()));
            }
            return idle;
        } finally {
            all.forEach(started -> started.process().close());
        }
    }

    private void add(LogShipper shipper, int round, Run busy, Quiet idle) {
        Run run = new Run(
                busy.bytes(),
                busy.firstRecordMs(),
                busy.ms(),
                busy.cpuMs(),
                Math.max(busy.residentMiB(), idle.residentMiB()),
                idle.cpuPercent());
        runs.computeIfAbsent(shipper.name() + ", " + shipper.format(), key -> new ArrayList<>())
                .add(run);
        findings.add(
                shipper.name(),
                shipper.format(),
                round,
                run.bytes(),
                run.firstRecordMs(),
                run.ms(),
                run.cpuMs(),
                run.residentMiB(),
                "%.2f".formatted(run.idlePercent()));
    }

    /** Prints a row of the table in {@code docs/measurements.md}. */
    private static void print(String name, List<Run> runs) {
        System.out.println(Stream.of(
                        spread(runs.stream().map(Run::megabytesPerSecond)),
                        spread(runs.stream().map(Run::cpuSecondsPerGigabyte)),
                        spread(runs.stream().map(Run::megabytesPerCpuSecond)),
                        spread(runs.stream().map(run -> (double) run.residentMiB())),
                        spread(runs.stream().map(Run::idlePercent)))
                .collect(Collectors.joining(" | ", "| " + name + " | ", " |")));
    }

    /** Minimum, median and maximum. */
    private static String spread(Stream<Double> values) {
        List<Double> sorted = values.sorted().toList();
        return IntStream.of(0, sorted.size() / 2, sorted.size() - 1)
                .mapToObj(i -> "%.1f".formatted(sorted.get(i)))
                .collect(Collectors.joining(" / "));
    }
}
