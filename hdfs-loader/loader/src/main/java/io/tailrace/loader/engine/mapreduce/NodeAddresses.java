package io.tailrace.loader.engine.mapreduce;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.util.List;

/** Checks that a node reaches what its tasks need, so that an address that only the loader reaches is named as such. */
final class NodeAddresses {
    private static final int CONNECT_TIMEOUT_MS = 10_000;

    private NodeAddresses() {}

    /**
     * Connects to the registry and to one of the brokers.
     *
     * @throws IOException if that fails; the message names the configuration key, the address and this node
     */
    static void check(JobParameters parameters) throws IOException {
        URI registry = parameters.registry();
        int port = registry.getPort() >= 0
                ? registry.getPort()
                : registry.getScheme().equals("https") ? 443 : 80;
        check("schema.registry.url", registry.toString(), List.of(registry.getHost() + ":" + port));
        check(
                "bootstrap.servers",
                parameters.bootstrapServers(),
                List.of(parameters.bootstrapServers().split("\\s*,\\s*", -1)));
    }

    private static void check(String key, String value, List<String> addresses) throws IOException {
        IOException failure = new IOException("no address");
        for (String address : addresses) {
            int colon = address.lastIndexOf(':');
            try (Socket socket = new Socket()) {
                socket.connect(
                        new InetSocketAddress(
                                address.substring(0, colon), Integer.parseInt(address.substring(colon + 1))),
                        CONNECT_TIMEOUT_MS);
                return;
            } catch (IOException e) {
                failure = e;
            }
        }
        throw new IOException(
                "cannot reach " + key + "=" + value + " from node " + host() + ": " + failure.getMessage()
                        + ". Set it to an address that the nodes of YARN reach",
                failure);
    }

    /** The name of this machine, for messages. */
    static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (IOException e) {
            return "unknown";
        }
    }
}
