package io.tailrace.cli;

import io.tailrace.client.ClientConfig;
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
        return ClientConfig.of(servers);
    }
}
