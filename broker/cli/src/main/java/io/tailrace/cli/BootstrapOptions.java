package io.tailrace.cli;

import io.tailrace.client.ClientConfig;
import io.tailrace.config.ConfigException;
import java.util.function.Supplier;
import picocli.CommandLine.Option;

/** Where a client command finds the cluster: a picocli mixin. */
final class BootstrapOptions {
    @Option(
            names = "--bootstrap-server",
            required = true,
            paramLabel = "HOST:PORT",
            description = "Brokers to start from, separated by commas.")
    private String servers = "";

    String servers() {
        return servers;
    }

    ClientConfig clientConfig() {
        return checked(() -> ClientConfig.of(servers));
    }

    /** Makes a client's configuration. What the client refuses of it is wrong usage. */
    static <T> T checked(Supplier<T> configuration) {
        try {
            return configuration.get();
        } catch (IllegalArgumentException e) {
            throw new ConfigException(String.valueOf(e.getMessage()));
        }
    }
}
