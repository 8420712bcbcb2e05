package io.tailrace.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.agent.checkpoint.AgentCheckpointFile;
import io.tailrace.agent.checkpoint.Checkpoint;
import io.tailrace.agent.parse.Format;
import io.tailrace.agent.tail.FileSelection;
import io.tailrace.agent.tail.Moment;
import io.tailrace.agent.tail.TailConfig;
import io.tailrace.agent.transaction.AgentTransactionConfig;
import io.tailrace.client.ProducerRecord;
import io.tailrace.metrics.MetricsListener;
import io.tailrace.schemas.FramedAvroDecoder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.apache.avro.generic.GenericRecord;

/** An agent over a folder of logs, with a fake producer, a fake registry and a clock that the test moves. */
final class AgentHarness implements AutoCloseable {
    static final Format RAW = new Format(Format.Kind.RAW, "", "", "iso");
    static final String TOPIC = "lines";
    static final String DEAD_LETTERS = "dead";
    static final String AUDIT = "audit";
    static final String PROGRESS = "progress";
    static final long DISORDER_MS = 1_000;
    static final long EVENT_AHEAD_MAX_MS = 3_600_000;
    static final int BATCH_BYTES = 4096;
    static final int LINE_BYTES_MAX = 2048;
    private static final int FILES_OPEN_MAX = 1_000;

    final Path logs;
    final Path data;
    final FakeRegistry registry = new FakeRegistry();
    final FakeTransactions transactions = new FakeTransactions();
    FakeProducer producer;
    Agent agent;
    long nowMs = System.currentTimeMillis();
    private long clockSetForwardMs;
    AgentConfig config;
    private final int filesOpenMax;
    /** How long a transaction takes of the agent that is started next; empty if it has none. */
    OptionalLong transactionIntervalMs;

    private final Function<Path, AgentCheckpointFile> checkpoints;
    private final Function<Path, List<Source>> sources;
    Connections.Topics topics = topic -> {};
    /** Runs at once what the agent does in the background. */
    Executor background = Runnable::run;

    final AgentMonitor monitor;
    private final FramedAvroDecoder decoder = new FramedAvroDecoder(registry, Optional.empty());

    AgentHarness(Path folder, Format format, String glob) throws IOException {
        this(folder, logs -> List.of(new Source(tail(logs, "web", glob), format, TOPIC)));
    }

    /** An agent with sources below a folder of logs. */
    AgentHarness(Path folder, Function<Path, List<Source>> sources) throws IOException {
        this(folder, FILES_OPEN_MAX, sources);
    }

    AgentHarness(Path folder, int filesOpenMax, Function<Path, List<Source>> sources) throws IOException {
        this(folder, filesOpenMax, sources, AgentCheckpointFile::new);
    }

    /**
     * An agent with sources below a folder of logs.
     *
     * @param checkpoints the checkpoint file in a directory
     */
    AgentHarness(
            Path folder,
            int filesOpenMax,
            Function<Path, List<Source>> sources,
            Function<Path, AgentCheckpointFile> checkpoints)
            throws IOException {
        this(folder, filesOpenMax, sources, checkpoints, OptionalLong.empty());
    }

    /** @param transactionIntervalMs of an agent that sends in transactions */
    AgentHarness(
            Path folder,
            int filesOpenMax,
            Function<Path, List<Source>> sources,
            Function<Path, AgentCheckpointFile> checkpoints,
            OptionalLong transactionIntervalMs)
            throws IOException {
        logs = Files.createDirectories(folder.resolve("logs"));
        data = Files.createDirectories(folder.resolve("data"));
        this.filesOpenMax = filesOpenMax;
        this.sources = sources;
        this.transactionIntervalMs = transactionIntervalMs;
        config = config(20_000);
        producer = newProducer();
        monitor = new AgentMonitor(config, this::steadyMs);
        this.checkpoints = checkpoints;
        agent = newAgent();
    }

    private Agent newAgent() throws IOException {
        AgentStart start = newStart();
        return start.attempt(now()).orElseThrow(() -> new IllegalStateException("the agent cannot start"));
    }

    /** What makes the agent. */
    AgentStart newStart() {
        Optional<Connections.Transactional> transactional = config.transactions()
                .map(settings -> new Connections.Transactional(
                        settings, (FakeTransactions.FakeTransactionalProducer) producer, transactions));
        Connections connections =
                new Connections(producer, registry, topics, transactional, call -> background.execute(call));
        return new AgentStart(config, checkpoints.apply(data), connections, () -> {}, monitor);
    }

    private FakeProducer newProducer() {
        return config.transactions().isPresent()
                ? transactions.newProducer()
                : new FakeProducer(transactions.committed);
    }

    /** The agent's configuration, but with another limit on its stop. */
    AgentConfig config(long stopTimeoutMs) {
        return new AgentConfig(
                "host1",
                data,
                DEAD_LETTERS,
                EVENT_AHEAD_MAX_MS,
                new AuditConfig(AUDIT, PROGRESS, 60_000, DISORDER_MS),
                100,
                1_000,
                // The kernel reports changes a moment after they were made.
                false,
                filesOpenMax,
                1 << 20,
                stopTimeoutMs,
                MetricsListener.OFF,
                transactionIntervalMs.isPresent()
                        ? Optional.of(new AgentTransactionConfig(
                                FakeTransactions.AGENT_ID, FakeTransactions.TOPIC, transactionIntervalMs.getAsLong()))
                        : Optional.empty(),
                sources.apply(logs));
    }

    static TailConfig tail(Path logs, String source, String glob) {
        return tail(source, FileSelection.of(List.of(logs + "/" + glob)));
    }

    static TailConfig tail(String source, FileSelection files) {
        return new TailConfig(
                source,
                files,
                StandardCharsets.UTF_8,
                LINE_BYTES_MAX,
                BATCH_BYTES,
                30_000,
                300_000,
                7L * 24 * 3_600_000);
    }

    /** An agent that reads lines such as {@code {"at":1234}}, with the event time in milliseconds. */
    static AgentHarness json(Path folder) throws IOException {
        return new AgentHarness(folder, new Format(Format.Kind.JSON, "", "at", "epoch-millis"), "access.log*");
    }

    static AgentHarness raw(Path folder) throws IOException {
        return new AgentHarness(folder, RAW, "access.log*");
    }

    Path log(String name) {
        return logs.resolve(name);
    }

    Path append(String name, String text) throws IOException {
        return Files.writeString(log(name), text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /** Files have the machine's times. If the machine is slow, a clock behind them would count them as just written. */
    void keepUpWithFiles() {
        nowMs += Math.max(0, System.currentTimeMillis() - steadyMs());
    }

    /** Moves the clock to the next scan and steps until there is nothing more to do. */
    void run() {
        nowMs += 1_001;
        for (int steps = 0; step(); steps++) {
            if (steps > 100_000) {
                throw new IllegalStateException("the agent never becomes idle");
            }
        }
    }

    /** A step of the agent, after which the checkpoint has all that every file and count has come to. */
    boolean step() {
        boolean more = agent.step(now());
        if (!agent.checkpoint().hasFailed() && transactionIntervalMs.isEmpty()) {
            assertSame(agent.checkpoint().written(), agent.checkpoint().expected());
        }
        return more;
    }

    /** The order of the files does not matter. */
    private static void assertSame(Checkpoint written, Checkpoint expected) {
        assertThat(written.withFiles(List.of())).isEqualTo(expected.withFiles(List.of()));
        assertThat(written.files()).hasSameSizeAs(expected.files());
        assertThat(Set.copyOf(written.files())).isEqualTo(Set.copyOf(expected.files()));
    }

    Moment now() {
        return new Moment(nowMs, steadyMs());
    }

    long steadyMs() {
        return nowMs - clockSetForwardMs;
    }

    void pass(long ms) {
        nowMs += ms;
    }

    /** Sets the wall clock forward, or back if negative. The steady clock does not follow. */
    void setClockForward(long ms) {
        nowMs += ms;
        clockSetForwardMs += ms;
    }

    /** Stops the agent as SIGTERM does. */
    void stop() {
        agent.stepToStop(now());
        for (int steps = 0; !agent.isSettled(); steps++) {
            producer.answerAll();
            nowMs += 1_000;
            agent.stepToStop(now());
            if (steps > 1_000) {
                throw new IllegalStateException("the agent does not stop: " + agent.problems(steadyMs(), 0));
            }
        }
        agent.close();
    }

    /** Starts another agent on the same data. The previous one may have crashed. */
    void start() throws IOException {
        config = config(20_000);
        producer = newProducer();
        agent = newAgent();
    }

    /** Ends the agent as kill -9 does, after some of the records in flight have reached the brokers. */
    void crash(int reachedBrokers) throws IOException {
        producer.writeWithoutAnswer(reachedBrokers);
        agent.close();
    }

    List<String> lines() {
        return lines(TOPIC);
    }

    List<String> lines(String topic) {
        return values(topic).stream().map(value -> value.get("line").toString()).toList();
    }

    List<GenericRecord> values(String topic) {
        return producer.written.stream()
                .filter(record -> record.topic().equals(topic))
                .map(this::decode)
                .toList();
    }

    GenericRecord decode(ProducerRecord record) {
        return (GenericRecord) ((FramedAvroDecoder.Decoded.Value) decoder.decode(record.value())).value();
    }

    @Override
    public void close() {
        agent.close();
    }
}
