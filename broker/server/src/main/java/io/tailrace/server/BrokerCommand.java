package io.tailrace.server;

import io.tailrace.config.ConfigOptions;
import io.tailrace.process.CommandRunner;
import io.tailrace.process.ServerProcess;
import io.tailrace.server.config.BrokerConfig;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code tailrace broker}: runs a broker in the foreground until SIGTERM or SIGINT, which end it with exit code 0. */
@Command(
        name = "tailrace broker",
        description = "Runs a broker. SIGTERM and SIGINT stop it in good order, with exit code 0.",
        sortOptions = false)
public final class BrokerCommand implements Callable<Integer> {
    @Mixin
    private ConfigOptions options = new ConfigOptions();

    public static void main(String... args) {
        CommandRunner.main(new BrokerCommand(), args);
    }

    @Override
    public Integer call() throws Exception {
        BrokerConfig config = BrokerConfig.of(options.read(BrokerConfig.keys()));
        BrokerServer broker = BrokerServer.start(config);
        ServerProcess.runUntilStopped(
                broker,
                broker.failure(),
                () -> System.out.println("broker " + config.brokerId() + " is ready on port " + broker.port()));
        return 0;
    }
}
