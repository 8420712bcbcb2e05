package io.tailrace.server;

import io.tailrace.config.ConfigException;
import io.tailrace.config.ConfigOptions;
import io.tailrace.coordination.DevelopmentZooKeeper;
import io.tailrace.process.CommandRunner;
import io.tailrace.process.ServerProcess;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code tailrace zookeeper}: a standalone ZooKeeper server, for development. Its keys are those of zoo.cfg. */
@Command(
        name = "tailrace zookeeper",
        description =
                "Runs a standalone ZooKeeper server, for development. SIGTERM and SIGINT stop it with exit code 0.",
        sortOptions = false)
public final class ZooKeeperCommand implements Callable<Integer> {
    @Mixin
    private final ConfigOptions options = new ConfigOptions();

    public static void main(String... args) {
        CommandRunner.main(new ZooKeeperCommand(), args);
    }

    @Override
    public Integer call() throws Exception {
        DevelopmentZooKeeper server = start(options.readUnchecked());
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
}
