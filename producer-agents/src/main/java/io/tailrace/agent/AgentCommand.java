package io.tailrace.agent;

import io.tailrace.agent.checkpoint.DataDirectoryLock;
import io.tailrace.agent.tail.Moment;
import io.tailrace.agent.transaction.AgentTransactionConfig;
import io.tailrace.client.ClientConfig;
import io.tailrace.client.ConsumerConfig;
import io.tailrace.client.IsolationLevel;
import io.tailrace.client.OffsetReset;
import io.tailrace.client.Producer;
import io.tailrace.client.ProducerConfig;
import io.tailrace.client.TransactionalProducer;
import io.tailrace.config.Config;
import io.tailrace.config.ConfigOptions;
import io.tailrace.metrics.MetricsEndpoint;
import io.tailrace.process.CommandRunner;
import io.tailrace.process.OutputOptions;
import io.tailrace.process.ServerProcess;
import io.tailrace.schemas.HttpSchemaRegistryClient;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tailrace agent}: runs an agent until SIGTERM, or once; or looks at what it would do. */
@Command(name = "tailrace agent", description = "Follows log files and sends their lines to the brokers.")
public final class AgentCommand implements Callable<Integer> {
    /** Uncompressed. Larger than the client's default: a block of similar lines compresses better. */
    static final int BLOCK_BYTES = 256 << 10;

    private static final int REQUEST_TIMEOUT_MS = 10_000;
    /** One for the registry, and one for topics. */
    private static final int BACKGROUND_THREADS = 2;

    private static final String LOG_LEVEL = "tailrace.log.level";

    private static final Duration REGISTRY_TIMEOUT = Duration.ofSeconds(5);

    @Spec
    private CommandSpec command = CommandSpec.create();

    @Mixin
    private ConfigOptions options = new ConfigOptions();

    @ArgGroup(exclusive = true)
    private Mode mode = new Mode();

    @Option(
            names = "--lines",
            paramLabel = "N",
            description = "With --dry-run: lines of each source at most. Default: ${DEFAULT-VALUE}.")
    private long lines = 100;

    @Mixin
    private OutputOptions output = new OutputOptions();

    /** What to do instead of running until SIGTERM. */
    private static final class Mode {
        @Option(
                names = "--once",
                description =
                        "Sends what the files hold now, and exits once it is acknowledged. A last line without a newline"
                                + " is left for the next run.")
        private boolean once;

        @Option(
                names = "--check",
                description =
                        "Checks the configuration, the files and their permissions, topics, schemas and data.dir, and changes"
                                + " nothing. Exits with 1 if anything has failed.")
        private boolean check;

        @Option(
                names = "--dry-run",
                description =
                        "Prints the records that the files' first lines become, each as JSON on a line, and sends nothing."
                                + " Exits with 3 if there are dead letters among them.")
        private boolean dryRun;

        @Option(
                names = "--status",
                description =
                        "Shows how far each file is acknowledged, also while the agent runs, and why it cannot send. Exits"
                                + " with 3 if it does not run or cannot send, or a file cannot be read.")
        private boolean status;
    }

    /** Runs the command. */
    public static void main(String... args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        AgentCommand agent = new AgentCommand();
        return CommandRunner.commandLine(
                new CommandLine(agent).addSubcommand(CheckpointCommand.commandLine(agent.options)));
    }

    @Override
    public Integer call() throws Exception {
        Config config = options.read(AgentKeys.ALL);
        CommandLine line = command.commandLine();
        if (lines < 1) {
            throw new ParameterException(line, "--lines=" + lines + ": expected 1 or more");
        }
        boolean looksOnly = mode.check || mode.status || mode.dryRun;
        if (looksOnly && System.getProperty(LOG_LEVEL) == null) {
            // What the log would say is in the result.
            System.setProperty(LOG_LEVEL, "ERROR");
        }
        AgentInspection inspection = new AgentInspection(config, line.getOut(), line.getErr());
        if (mode.check) {
            return inspection.check(output);
        }
        if (mode.status) {
            return inspection.status(output);
        }
        return mode.dryRun ? inspection.dryRun(lines) : run(config);
    }

    @SuppressWarnings("try") // The lock is held and not used.
    private int run(Config config) throws Exception {
        AgentConfig configured = AgentKeys.agentConfig(config);
        AgentConfig agentConfig = mode.once ? configured.forOneRun() : configured;
        AgentMonitor monitor = new AgentMonitor(agentConfig, () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
        try (DataDirectoryLock held = DataDirectoryLock.acquire(agentConfig.dataDirectory());
                MetricsEndpoint endpoint = MetricsEndpoint.start(agentConfig.metrics(), monitor)) {
            endpoint.register(monitor::register);
            AgentLoop loop = new AgentLoop(agentConfig, Moment::now);
            AgentStart start = new AgentStart(agentConfig, connect(config, agentConfig), loop::wakeUp, monitor);
            Optional<Agent> agent = start.attempt(Moment.now());
            monitor.watch(loop.ended());
            Thread.setDefaultUncaughtExceptionHandler(loop::fail);
            loop.start(agent.isPresent() ? now -> agent : start, mode.once);
            ServerProcess.runUntilStopped(loop, loop.ended(), () -> reportWhenReady(loop, agentConfig));
        }
        return 0;
    }

    private static void reportWhenReady(AgentLoop loop, AgentConfig agentConfig) {
        var unused = loop.started()
                .thenRun(() -> System.out.println("agent is ready, its checkpoint in " + agentConfig.dataDirectory()));
    }

    private static Connections connect(Config config, AgentConfig agentConfig) {
        ProducerConfig producerConfig = producerConfig(config, agentConfig);
        BrokerTopics topics = new BrokerTopics(producerConfig.client());
        Optional<Connections.Transactional> transactional = agentConfig
                .transactions()
                .map(transactions -> new Connections.Transactional(
                        transactions,
                        TransactionalProducer.create(producerConfig),
                        new BrokerPositions(transactions, topics, positionReader(config, agentConfig))));
        return new Connections(
                transactional
                        .<Producer>map(Connections.Transactional::producer)
                        .orElseGet(() -> Producer.create(producerConfig)),
                new HttpSchemaRegistryClient(config.value(AgentKeys.REGISTRY_URL), REGISTRY_TIMEOUT),
                topics,
                transactional,
                Executors.newFixedThreadPool(BACKGROUND_THREADS, AgentCommand::backgroundThread));
    }

    private static ConsumerConfig positionReader(Config config, AgentConfig agentConfig) {
        ConsumerConfig.Builder consumer = ConsumerConfig.builder(config.value(AgentKeys.BOOTSTRAP_SERVERS))
                .offsetReset(OffsetReset.EARLIEST)
                .isolation(IsolationLevel.READ_COMMITTED);
        consumer.client().clientId("tailrace-agent-" + agentConfig.host()).requestTimeoutMs(REQUEST_TIMEOUT_MS);
        return consumer.build();
    }

    static Thread backgroundThread(Runnable calls) {
        Thread thread = new Thread(calls, "agent-background");
        thread.setDaemon(true);
        return thread;
    }

    static ClientConfig clientConfig(Config config, AgentConfig agentConfig, int requestTimeoutMs) {
        return ClientConfig.builder()
                .bootstrapServers(config.value(AgentKeys.BOOTSTRAP_SERVERS))
                .clientId("tailrace-agent-" + agentConfig.host())
                .requestTimeoutMs(requestTimeoutMs)
                .build();
    }

    private static ProducerConfig producerConfig(Config config, AgentConfig agentConfig) {
        ProducerConfig.Builder builder = ProducerConfig.builder(config.value(AgentKeys.BOOTSTRAP_SERVERS))
                .compression(config.value(AgentKeys.COMPRESSION))
                .batchBytesMax(BLOCK_BYTES)
                // A block that failed and is sent again would have another sequence number: it could be written twice.
                .deliveryTimeoutMs(ProducerConfig.NO_DELIVERY_TIMEOUT)
                // A source whose topic is not known waits, and not the agent.
                .blockMsMax(0)
                // Room for everything in flight, so that a send never waits for memory. An array may be twice as
                // large as its block, and records with a long path twice as large as they are counted.
                .bufferBytesMax(Math.min(Integer.MAX_VALUE, 4 * agentConfig.inFlightBytesMax()));
        builder.client().clientId("tailrace-agent-" + agentConfig.host()).requestTimeoutMs(REQUEST_TIMEOUT_MS);
        agentConfig.transactions().ifPresent(transactions -> builder.transactionalId(transactions.transactionalId())
                .transactionTimeoutMs(AgentTransactionConfig.TIMEOUT_MS));
        return builder.build();
    }
}
