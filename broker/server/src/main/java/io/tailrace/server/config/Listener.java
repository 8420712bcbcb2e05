package io.tailrace.server.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An address to listen on or to advertise to clients, such as {@code PLAINTEXT://host:9092}.
 *
 * @param name the listener's name, in upper case
 * @param host host or address; empty for every interface, or if advertised, for this machine's name
 * @param port 0 to 65535, 0 for any free port
 */
public record Listener(String name, String host, int port) {
    private static final Pattern FORM =
            Pattern.compile("([A-Za-z0-9_]+)://(\\[[0-9A-Fa-f:.%]+]|[^:/\\[\\]]*):(\\d{1,5})");
    private static final Set<String> UNSUPPORTED = Set.of("SSL", "SASL_PLAINTEXT", "SASL_SSL");

    static Listener parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("not a listener: " + text);
        }
        String name = matcher.group(1).toUpperCase(Locale.ROOT);
        String host = matcher.group(2);
        int port = Integer.parseInt(matcher.group(3));
        if (UNSUPPORTED.contains(name) || port > 65535) {
            throw new IllegalArgumentException("not a listener: " + text);
        }
        boolean bracketed = host.startsWith("[");
        return new Listener(name, bracketed ? host.substring(1, host.length() - 1) : host, port);
    }

    static List<Listener> parseList(String text) {
        List<Listener> listeners = new ArrayList<>();
        for (String part : text.isBlank() ? new String[0] : text.split(",", -1)) {
            Listener listener = parse(part.trim());
            if (listeners.stream().anyMatch(other -> other.name.equals(listener.name))) {
                throw new IllegalArgumentException("two listeners are named " + listener.name);
            }
            listeners.add(listener);
        }
        return List.copyOf(listeners);
    }

    @Override
    public String toString() {
        return name + "://" + (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
