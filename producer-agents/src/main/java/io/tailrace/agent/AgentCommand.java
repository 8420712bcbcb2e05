package io.tailrace.agent;

import io.tailrace.agent.tail.Moment;
import io.tailrace.client.Producer;
import io.tailrace.client.ProducerConfig;
import io.tailrace.config.Config;
import io.tailrace.config.ConfigOptions;
import io.tailrace.metrics.MetricsEndpoint;
import io.tailrace.process.CommandRunner;
import io.tailrace.process.ServerProcess;
import io.tailrace.schemas.HttpSchemaRegistryClient;
import io.tailrace.schemas.SchemaRegistryClient;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tailrace agent}: runs an agent until SIGTERM, or once. */
@Command(name = "tailrace agent", description = "Follows log files and sends their lines to the brokers.")
public final class AgentCommand implements Callable<Integer> {
    /** Uncompressed. Larger than the client's default: a block of similar lines compresses better. */
    private static final int BLOCK_BYTES = 256 << 10;

    private static final int REQUEST_TIMEOUT_MS = 10_000;

    /** One for the registry, and one for topics. */
    private static final int BACKGROUND_THREADS = 2;

    private static final Duration REGISTRY_TIMEOUT = Duration.ofSeconds(5);

    @Mixin
    private ConfigOptions options = new ConfigOptions();

    @Option(
            names = "--once",
            description =
                    "Sends what the files hold now, and exits once it is acknowledged. A last line without a newline"
                            + " is left for the next run.")
    private boolean once;

    /** Runs the command. */
    public static void main(String... args) {
        CommandRunner.main(new AgentCommand(), args);
    }

    @Override
    @SuppressWarnings("try") // The lock is held and not used.
    public Integer call() throws Exception {
        Config config = options.read(AgentKeys.ALL);
        AgentConfig agentConfig = AgentKeys.agentConfig(config);
        ProducerConfig producerConfig = producerConfig(config, agentConfig);
        Files.createDirectories(agentConfig.dataDirectory());
        SchemaRegistryClient schemas =
                new HttpSchemaRegistryClient(config.value(AgentKeys.REGISTRY_URL), REGISTRY_TIMEOUT);
        AgentMonitor monitor = new AgentMonitor(agentConfig, () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
        try (FileChannel held = lock(agentConfig.dataDirectory());
                MetricsEndpoint endpoint = MetricsEndpoint.start(agentConfig.metrics(), monitor)) {
            endpoint.register(monitor::register);
            AgentLoop loop = new AgentLoop(agentConfig, Moment::now);
            Connections connections = new Connections(
                    Producer.create(producerConfig),
                    schemas,
                    new BrokerTopics(producerConfig.client()),
                    Executors.newFixedThreadPool(BACKGROUND_THREADS, AgentCommand::backgroundThread));
            Agent agent = new Agent(agentConfig, connections, loop::wakeUp, monitor);
            monitor.watch(loop.ended());
            Thread.setDefaultUncaughtExceptionHandler(loop::fail);
            loop.start(agent, once);
            ServerProcess.runUntilStopped(
                    loop,
                    loop.ended(),
                    () -> System.out.println("agent is ready, its checkpoint in " + agentConfig.dataDirectory()));
        }
        return 0;
    }

    private static Thread backgroundThread(Runnable calls) {
        Thread thread = new Thread(calls, "agent-background");
        thread.setDaemon(true);
        return thread;
    }

    private static ProducerConfig producerConfig(Config config, AgentConfig agentConfig) {
        ProducerConfig.Builder builder = ProducerConfig.builder(config.value(AgentKeys.BOOTSTRAP_SERVERS))
                .compression(config.value(AgentKeys.COMPRESSION))
                .batchBytesMax(BLOCK_BYTES)
                // A block that failed and is sent again would have another sequence number: it could be written twice.
                .deliveryTimeoutMs(ProducerConfig.NO_DELIVERY_TIMEOUT)
                // A source whose topic is not known waits, and not the agent.
                .blockMsMax(0)
                // Room for everything that the agent keeps in flight, so that a send never waits for memory.
                .bufferBytesMax(2 * agentConfig.inFlightBytesMax());
        builder.client().clientId("tailrace-agent-" + agentConfig.host()).requestTimeoutMs(REQUEST_TIMEOUT_MS);
        return builder.build();
    }

    /**
     * Locks the data directory for this process until the channel is closed.
     *
     * @throws IOException if another agent holds the lock
     */
    static FileChannel lock(Path directory) throws IOException {
        FileChannel channel =
                FileChannel.open(directory.resolve("agent.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (!isLocked(channel)) {
            channel.close();
            throw new IOException(
                    "data.dir=" + directory + ": another agent is running here; stop it, or set another data.dir");
        }
        return channel;
    }

    private static boolean isLocked(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            // Another agent in this process holds the lock.
            return false;
        }
    }
}
