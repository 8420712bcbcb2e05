package io.tailrace.replication.cluster;

/**
 * An address that a broker advertises.
 *
 * @param listener the listener's name, as {@code PLAINTEXT}
 * @param host host name or address
 * @param port 1 to 65535
 */
public record Endpoint(String listener, String host, int port) {
    public Endpoint {
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException(
                    "port of listener " + listener + " must be 1 to 65535, is " + port + ": set advertised.listeners");
        }
    }

    /** In the form of advertised.listeners: {@code PLAINTEXT://host:9092}, an IPv6 address in brackets. */
    @Override
    public String toString() {
        return listener + "://" + (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
