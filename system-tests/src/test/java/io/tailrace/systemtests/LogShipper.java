package io.tailrace.systemtests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** A program that follows files and sends each line as a record, in zstd batches that all replicas acknowledge. */
interface LogShipper {
    String name();

    /** The format that the lines are read as. */
    String format();

    /** Why the program cannot be run on this machine; empty if it can. */
    Optional<String> missing() throws IOException, InterruptedException;

    /** Writes the configuration for a task, and returns the command line, which runs in the foreground. */
    List<String> commandLine(Task task) throws IOException;

    /** Environment variables in addition to those of the test run. */
    default Map<String, String> environment() {
        return Map.of();
    }

    /**
     * What to send where.
     *
     * @param logs a folder; its files whose names end in {@code .log} are followed
     * @param state an empty folder for configuration and positions
     * @param topic topic of the records
     * @param deadLetters topic of the lines that are not in the format, if the program has one
     */
    record Task(Path logs, Path state, String topic, String deadLetters, String bootstrapServers) {}

    /**
     * This project's agent, with its default heap.
     *
     * @param transactions whether it sends in transactions, at the default interval
     * @param flags additional flags of the JVM, such as those of a profile; may be empty
     */
    record Agent(String format, boolean transactions, String registryUrl, String flags) implements LogShipper {
        @Override
        public String name() {
            return transactions ? "Tailrace-transactions" : "Tailrace";
        }

        @Override
        public Optional<String> missing() {
            return Optional.empty();
        }

        @Override
        public List<String> commandLine(Task task) throws IOException {
            Path file = Files.writeString(task.state().resolve("agent.properties"), """
                    bootstrap.servers=%s
                    schema.registry.url=%s
                    source.web.paths=%s
                    source.web.format=%s
                    source.web.topic=%s
                    dead.letter.topic=%s
                    data.dir=%s
                    transactions=%s
                    agent.id=%s
                    """.formatted(
                            task.bootstrapServers(),
                            registryUrl,
                            task.logs().resolve("*.log"),
                            format,
                            task.topic(),
                            task.deadLetters(),
                            task.state().resolve("data"),
                            transactions,
                            task.topic()));
            return Command.commandLine(List.of("agent", "--config", file.toString()));
        }

        @Override
        public Map<String, String> environment() {
            return Map.of("TAILRACE_OPTS", flags);
        }
    }

    /** rsyslog's imfile and omkafka, as Debian packages them: {@code rsyslog} and {@code rsyslog-kafka}. */
    record Rsyslog() implements LogShipper {
        private static final Path PROGRAM = Path.of("/usr/sbin/rsyslogd");
        private static final String CHECKED = """
                module(load="omkafka")
                action(type="omkafka" topic="t")
                """;
        private static final String MODULES = """
                module(load="imfile")
                module(load="omkafka")
                """;

        @Override
        public String name() {
            return "rsyslog";
        }

        @Override
        public String format() {
            return "raw";
        }

        @Override
        public Optional<String> missing() throws IOException, InterruptedException {
            if (!Files.isExecutable(PROGRAM)) {
                return Optional.of(PROGRAM + " does not exist; install rsyslog and rsyslog-kafka");
            }
            Path file = Files.writeString(Files.createTempFile("rsyslog", ".conf"), CHECKED);
            Command check = Command.run("", Map.of(), List.of(PROGRAM.toString(), "-N1", "-f", file.toString()));
            Files.delete(file);
            return check.exitCode() == 0
                    ? Optional.empty()
                    : Optional.of("rsyslogd refuses its modules; install rsyslog-kafka: " + check.err());
        }

        @Override
        public List<String> commandLine(Task task) throws IOException {
            Path file = Files.writeString(
                    task.state().resolve("rsyslog.conf"),
                    MODULES
                            + """
                    global(workDirectory="%s" maxMessageSize="64k")
                    template(name="line" type="string" string="%%msg%%")
                    ruleset(name="send" queue.type="LinkedList" queue.size="100000" queue.dequeueBatchSize="1024") {
                      action(type="omkafka" broker=["%s"] topic="%s" template="line" resubmitOnFailure="on"
                             action.resumeRetryCount="-1" confParam=["compression.codec=zstd"])
                    }
                    input(type="imfile" file="%s" tag="web" ruleset="send")
                    """.formatted(
                                            task.state(),
                                            task.bootstrapServers(),
                                            task.topic(),
                                            task.logs().resolve("*.log")));
            return List.of(
                    PROGRAM.toString(),
                    "-n",
                    "-f",
                    file.toString(),
                    "-i",
                    task.state().resolve("rsyslogd.pid").toString());
        }
    }

    /** Flume's taildir source, memory channel and Kafka sink, in batches of 1,000 lines. */
    record Flume() implements LogShipper {
        /** Tests run in the folder of their module. */
        private static final Path JARS = Path.of("clients", "flume", "target", "lib");

        @Override
        public String name() {
            return "Flume";
        }

        @Override
        public String format() {
            return "raw";
        }

        @Override
        public Optional<String> missing() throws IOException {
            if (!Files.isDirectory(JARS)) {
                return Optional.of(JARS + " does not exist");
            }
            try (Stream<Path> jars = Files.list(JARS)) {
                return jars.anyMatch(jar -> jar.getFileName().toString().startsWith("flume-taildir-source-"))
                        ? Optional.empty()
                        : Optional.of(JARS + " has no flume-taildir-source");
            }
        }

        @Override
        public List<String> commandLine(Task task) throws IOException {
            Path file = Files.writeString(task.state().resolve("flume.properties"), """
                    a.sources = s
                    a.channels = c
                    a.sinks = k
                    a.sources.s.type = TAILDIR
                    a.sources.s.filegroups = f
                    a.sources.s.filegroups.f = %s/.*[.]log
                    a.sources.s.positionFile = %s
                    a.sources.s.batchSize = 1000
                    a.sources.s.channels = c
                    a.channels.c.type = memory
                    a.channels.c.capacity = 10000
                    a.channels.c.transactionCapacity = 1000
                    a.sinks.k.type = org.apache.flume.sink.kafka.KafkaSink
                    a.sinks.k.channel = c
                    a.sinks.k.kafka.bootstrap.servers = %s
                    a.sinks.k.kafka.topic = %s
                    a.sinks.k.kafka.flumeBatchSize = 1000
                    a.sinks.k.kafka.producer.acks = all
                    a.sinks.k.kafka.producer.compression.type = zstd
                    """.formatted(
                    task.logs(), task.state().resolve("positions.json"), task.bootstrapServers(), task.topic()));
            return List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx128m",
                    "-cp",
                    JARS.toAbsolutePath() + "/*",
                    "org.apache.flume.node.Application",
                    "-n",
                    "a",
                    "-f",
                    file.toString());
        }
    }
}
