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

/** The addresses that a broker registers for others to reach it. */
final class Endpoints {
    private static final Set<String> EVERY_INTERFACE = Set.of("", "0.0.0.0", "::");

    private Endpoints() {}

    /**
     * The advertised address of each listener, or the listener's own. A missing port is the one it is bound to, a missing host is
     * this machine's name.
     *
     * @param bound the address of each listener, by name
     */
    static List<Endpoint> of(
            List<Listener> listeners, List<Listener> advertised, Map<String, InetSocketAddress> bound) {
        return listeners.stream()
                .map(listener -> {
                    Optional<Listener> configured = advertised.stream()
                            .filter(each -> each.name().equals(listener.name()))
                            .findFirst();
                    Listener shown = configured.orElse(listener);
                    int port = shown.port() != 0
                            ? shown.port()
                            : Objects.requireNonNull(bound.get(listener.name())).getPort();
                    return new Endpoint(listener.name(), reachableHost(shown.host()), port);
                })
                .toList();
    }

    private static String reachableHost(String host) {
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
