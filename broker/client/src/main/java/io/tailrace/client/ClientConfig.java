package io.tailrace.client;

import static io.tailrace.client.BuilderKeys.check;

import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.net.SocketFactory;

/**
 * The settings that all clients share. Immutable; checked on construction.
 *
 * @param bootstrapServers brokers to ask for the rest of the cluster, unresolved, at least one ({@code bootstrap.servers})
 * @param clientId name under which brokers log and count this client ({@code client.id})
 * @param requestTimeoutMs how long one request may take, and an admin call with its retries ({@code request.timeout.ms})
 * @param retryBackoffMs first pause before a retry; doubles with each further one, with jitter ({@code retry.backoff.ms})
 * @param retryBackoffMaxMs longest pause before a retry ({@code retry.backoff.max.ms})
 * @param connectTimeoutMs how long a connection may take to open ({@code socket.connection.setup.timeout.ms})
 * @param metadataMaxAgeMs age at which metadata is refreshed ({@code metadata.max.age.ms})
 * @param responseBytesMax largest response accepted; guards against a peer that is not a broker ({@code max.response.size})
 * @param socketFactory opens connections; for TLS, pass an {@link javax.net.ssl.SSLSocketFactory}
 */
public record ClientConfig(
        List<InetSocketAddress> bootstrapServers,
        String clientId,
        int requestTimeoutMs,
        int retryBackoffMs,
        int retryBackoffMaxMs,
        int connectTimeoutMs,
        int metadataMaxAgeMs,
        int responseBytesMax,
        SocketFactory socketFactory) {

    static final BuilderKeys<Builder> KEYS = new BuilderKeys<Builder>()
            .text("bootstrap.servers", Builder::bootstrapServers)
            .text("client.id", Builder::clientId)
            .number("request.timeout.ms", Builder::requestTimeoutMs)
            .number("retry.backoff.ms", Builder::retryBackoffMs)
            .number("retry.backoff.max.ms", Builder::retryBackoffMaxMs)
            .number("socket.connection.setup.timeout.ms", Builder::connectTimeoutMs)
            .number("metadata.max.age.ms", Builder::metadataMaxAgeMs)
            .number("max.response.size", Builder::responseBytesMax);

    public ClientConfig {
        bootstrapServers = List.copyOf(bootstrapServers);
        check(!bootstrapServers.isEmpty(), "bootstrap.servers", "", "host:port[,host:port...]");
        check(requestTimeoutMs > 0, "request.timeout.ms", requestTimeoutMs, "1 or more");
        check(retryBackoffMs > 0, "retry.backoff.ms", retryBackoffMs, "1 or more");
        check(
                retryBackoffMaxMs >= retryBackoffMs,
                "retry.backoff.max.ms",
                retryBackoffMaxMs,
                "retry.backoff.ms (" + retryBackoffMs + ") or more");
        check(connectTimeoutMs > 0, "socket.connection.setup.timeout.ms", connectTimeoutMs, "1 or more");
        check(metadataMaxAgeMs > 0, "metadata.max.age.ms", metadataMaxAgeMs, "1 or more");
        check(responseBytesMax >= 1024, "max.response.size", responseBytesMax, "1024 or more");
    }

    /** Defaults for the brokers at {@code host:port[,host:port...]}. */
    public static ClientConfig of(String bootstrapServers) {
        return builder().bootstrapServers(bootstrapServers).build();
    }

    /** Reads configuration keys; an unknown key is refused by name. */
    public static ClientConfig parse(Map<String, String> properties) {
        return KEYS.apply(new Builder(), properties).build();
    }

    /** A builder with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects settings; {@link #build} checks them. */
    public static final class Builder {
        private List<InetSocketAddress> bootstrapServers = List.of();
        private String clientId = "tailrace";
        private int requestTimeoutMs = 30_000;
        private int retryBackoffMs = 100;
        private int retryBackoffMaxMs = 1_000;
        private int connectTimeoutMs = 10_000;
        private int metadataMaxAgeMs = 300_000;
        private int responseBytesMax = 100 << 20;
        private SocketFactory socketFactory = SocketFactory.getDefault();

        private Builder() {}

        /** Brokers to start from, as {@code host:port[,host:port...]}; an IPv6 address is in brackets. */
        public Builder bootstrapServers(String list) {
            bootstrapServers = Arrays.stream(list.split(","))
                    .map(String::strip)
                    .filter(server -> !server.isEmpty())
                    .map(Builder::address)
                    .toList();
            return this;
        }

        private static InetSocketAddress address(String server) {
            int colon = server.lastIndexOf(':');
            String host = colon < 1 ? "" : server.substring(0, colon);
            if (host.startsWith("[") && host.endsWith("]")) {
                host = host.substring(1, host.length() - 1);
            }
            try {
                int port = Integer.parseInt(server.substring(colon + 1));
                if (!host.isEmpty() && port > 0 && port < 65536) {
                    return InetSocketAddress.createUnresolved(host, port);
                }
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("invalid address \"" + server + "\": expected host:port", e);
            }
            throw new IllegalArgumentException("invalid address \"" + server + "\": expected host:port");
        }

        public Builder clientId(String id) {
            clientId = id;
            return this;
        }

        public Builder requestTimeoutMs(int ms) {
            requestTimeoutMs = ms;
            return this;
        }

        public Builder retryBackoffMs(int ms) {
            retryBackoffMs = ms;
            return this;
        }

        public Builder retryBackoffMaxMs(int ms) {
            retryBackoffMaxMs = ms;
            return this;
        }

        public Builder connectTimeoutMs(int ms) {
            connectTimeoutMs = ms;
            return this;
        }

        public Builder metadataMaxAgeMs(int ms) {
            metadataMaxAgeMs = ms;
            return this;
        }

        public Builder responseBytesMax(int bytes) {
            responseBytesMax = bytes;
            return this;
        }

        public Builder socketFactory(SocketFactory factory) {
            socketFactory = factory;
            return this;
        }

        public ClientConfig build() {
            return new ClientConfig(
                    bootstrapServers,
                    clientId,
                    requestTimeoutMs,
                    retryBackoffMs,
                    retryBackoffMaxMs,
                    connectTimeoutMs,
                    metadataMaxAgeMs,
                    responseBytesMax,
                    socketFactory);
        }
    }
}
