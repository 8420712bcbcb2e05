package io.tailrace.server.cluster;

import io.tailrace.replication.cluster.Endpoint;
import io.tailrace.server.config.Listener;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** What a broker tells others about where to reach it. */
final class Endpoints {
    private static final Set<String> EVERY_INTERFACE = Set.of("", "0.0.0.0", "::");

    private Endpoints() {}

    /**
     * The endpoints to register: of each listener what is to be advertised for it, with the port it got if none is named,
     * and this machine's name if no host is.
     *
     * @param bound where each listener, by name, listens now
     */
    static List<Endpoint> of(
            List<Listener> listeners, List<Listener> advertised, Map<String, InetSocketAddress> bound) {
        return listeners.stream()
                .map(listener -> {
                    Optional<Listener> told = advertised.stream()
                            .filter(each -> each.name().equals(listener.name()))
                            .findFirst();
                    Listener shown = told.orElse(listener);
                    int port = shown.port() != 0
                            ? shown.port()
                            : Objects.requireNonNull(bound.get(listener.name())).getPort();
                    return new Endpoint(listener.name(), hostToTell(shown.host()), port);
                })
                .toList();
    }

    private static String hostToTell(String host) {
        if (!EVERY_INTERFACE.contains(host)) {
            return host;
        }
        try {
            return InetAddress.getLocalHost().getCanonicalHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }
}
