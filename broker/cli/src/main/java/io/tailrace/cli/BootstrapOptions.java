package io.tailrace.cli;

import io.tailrace.client.ClientConfig;
import io.tailrace.config.ConfigException;
import java.util.Collection;
import java.util.function.Supplier;
import picocli.CommandLine.Option;

/** The option that names the cluster: a picocli mixin. */
final class BootstrapOptions {
    @Option(
            names = "--bootstrap-server",
            required = true,
            paramLabel = "HOST:PORT",
            description = "One or more brokers of the cluster, separated by commas.")
    private String servers = "";

    String servers() {
        return servers;
    }

    ClientConfig clientConfig() {
        return checked(() -> ClientConfig.of(servers));
    }

    /** Refuses a value below {@code min} as wrong usage. */
    static void requireAtLeast(long min, String option, long value) {
        if (value < min) {
            throw new ConfigException(option + "=" + value + ": expected " + min + " or more");
        }
    }

    /** Refuses an empty name among these as wrong usage. */
    static void requireNames(String option, Collection<String> names) {
        if (names.contains("")) {
            throw new ConfigException(option + ": expected a name, found none");
        }
    }

    /** Builds a client's configuration. Settings that the client refuses are wrong usage. */
    static <T> T checked(Supplier<T> configuration) {
        try {
            return configuration.get();
        } catch (IllegalArgumentException e) {
            throw new ConfigException(String.valueOf(e.getMessage()));
        }
    }
}
