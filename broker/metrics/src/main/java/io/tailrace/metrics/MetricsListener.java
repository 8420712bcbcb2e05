package io.tailrace.metrics;

import io.tailrace.config.ConfigKey;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the endpoint listens, or {@link #OFF}. Immutable.
 *
 * @param host name or address, without brackets
 * @param port 0 to 65535, 0 for any free port
 */
public record MetricsListener(String host, int port) {
    private static final String LOOPBACK = "127.0.0.1";
    private static final Pattern FORM = Pattern.compile("(\\[[0-9A-Fa-f:.%]+]|[^:/\\[\\]\\s]*):(\\d{1,5})");

    /** No endpoint. */
    public static final MetricsListener OFF = new MetricsListener("", -1);

    /** The key that turns the endpoint on, in every process. */
    public static final ConfigKey<MetricsListener> KEY = new ConfigKey<>(
            "metrics.listener",
            "HOST:PORT, or :PORT for this machine only, or nothing",
            "",
            "Where to serve /metrics, /health/live and /health/ready over HTTP, without authentication. Empty: not at all.",
            MetricsListener::parse);

    private static MetricsListener parse(String text) {
        if (text.isEmpty()) {
            return OFF;
        }
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("not an address: " + text);
        }
        String host = matcher.group(1);
        int port = Integer.parseInt(matcher.group(2));
        if (port > 65535) {
            throw new IllegalArgumentException("no such port: " + port);
        }
        if (host.isEmpty()) {
            return new MetricsListener(LOOPBACK, port);
        }
        return new MetricsListener(host.startsWith("[") ? host.substring(1, host.length() - 1) : host, port);
    }

    /** Whether there is an endpoint. */
    public boolean isOn() {
        return port >= 0;
    }

    InetSocketAddress resolve() throws UnknownHostException {
        return new InetSocketAddress(InetAddress.getByName(host), port);
    }

    /** As in a configuration file. */
    @Override
    public String toString() {
        if (!isOn()) {
            return "";
        }
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
