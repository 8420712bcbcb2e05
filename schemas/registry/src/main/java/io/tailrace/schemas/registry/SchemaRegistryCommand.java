package io.tailrace.schemas.registry;

import io.tailrace.config.ConfigOptions;
import io.tailrace.metrics.MetricsEndpoint;
import io.tailrace.process.CommandRunner;
import io.tailrace.process.ServerProcess;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code tailrace schema-registry}: serves the registry until SIGTERM. */
@Command(
        name = "tailrace schema-registry",
        description = "Runs the registry of Avro schemas. SIGTERM and SIGINT stop it cleanly, with exit code 0.",
        sortOptions = false)
public final class SchemaRegistryCommand implements Callable<Integer> {
    private static final Logger log = LoggerFactory.getLogger(SchemaRegistryCommand.class);

    /** Bound on receiving a request and on sending its response, so that a stalled client does not hold a thread. */
    private static final String EXCHANGE_SECONDS_MAX = "60";

    private static final String CONNECTIONS_MAX = "1024";

    @Mixin
    private final ConfigOptions options = new ConfigOptions();

    /** Runs the process. */
    public static void main(String[] args) {
        // The JDK reads these once, when the first server is created. There is no other way to set them.
        System.setProperty("sun.net.httpserver.maxReqTime", EXCHANGE_SECONDS_MAX);
        System.setProperty("sun.net.httpserver.maxRspTime", EXCHANGE_SECONDS_MAX);
        System.setProperty("jdk.httpserver.maxConnections", CONNECTIONS_MAX);
        CommandRunner.main(new SchemaRegistryCommand(), args);
    }

    @Override
    public Integer call() throws Exception {
        RegistryConfig config = RegistryConfig.of(options.read(RegistryConfig.KEYS));
        try (RegistryMonitor monitor = new RegistryMonitor(
                        InstantSource.system(), () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
                MetricsEndpoint endpoint = MetricsEndpoint.start(config.metrics(), monitor)) {
            RegistryServer server = RegistryServer.start(config, TopicSchemaLog.open(config));
            log.info("keeping schemas in topic {} at {}", config.topic(), config.bootstrapServers());
            endpoint.register(metrics -> monitor.watch(server, metrics));
            monitor.startProbes(server.store());
            int port = server.address().getPort();
            ServerProcess.runUntilStopped(
                    server, server.failure(), () -> System.out.println("schema registry is ready on port " + port));
        }
        return 0;
    }
}
