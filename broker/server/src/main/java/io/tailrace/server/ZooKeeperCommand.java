package io.tailrace.server;

import io.tailrace.cli.CommandRunner;
import io.tailrace.cli.ConfigException;
import io.tailrace.cli.ServerProcess;
import io.tailrace.coordination.DevelopmentZooKeeper;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tailrace zookeeper}: a ZooKeeper server of one, for development. Its keys are those of zoo.cfg. */
@Command(
        name = "tailrace zookeeper",
        description = "Runs a ZooKeeper server of one, for development. SIGTERM and SIGINT stop it: exit code 0.",
        sortOptions = false)
public final class ZooKeeperCommand implements Callable<Integer> {
    @Option(names = "--config", paramLabel = "FILE", description = "Properties file with the keys of zoo.cfg.")
    private @Nullable Path file;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Sets one key, over the file's value. May be repeated.")
    private final Map<String, String> settings = new LinkedHashMap<>();

    public static void main(String... args) {
        CommandRunner.main(new ZooKeeperCommand(), args);
    }

    @Override
    public Integer call() throws Exception {
        DevelopmentZooKeeper server = start(configuration());
        ServerProcess.runUntilStopped(server, () -> System.out.println("zookeeper is ready on port " + server.port()));
        return 0;
    }

    private static DevelopmentZooKeeper start(Map<String, String> configuration)
            throws IOException, InterruptedException {
        try {
            return DevelopmentZooKeeper.start(configuration);
        } catch (IllegalArgumentException e) {
            throw new ConfigException(String.valueOf(e.getMessage()));
        }
    }

    private Map<String, String> configuration() throws IOException {
        Properties properties = new Properties();
        if (file != null) {
            try (Reader reader = Files.newBufferedReader(file)) {
                properties.load(reader);
            }
        }
        properties.putAll(settings);
        Map<String, String> all = new LinkedHashMap<>();
        properties
                .stringPropertyNames()
                .forEach(name -> all.put(name, properties.getProperty(name).trim()));
        return all;
    }
}
