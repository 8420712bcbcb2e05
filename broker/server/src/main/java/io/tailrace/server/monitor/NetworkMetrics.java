package io.tailrace.server.monitor;

import io.tailrace.metrics.Metrics;
import io.tailrace.server.network.ByteBudget;
import io.tailrace.server.network.SocketServer;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/** Connections, and the memory that they hold together. */
final class NetworkMetrics {
    private static final List<String> LISTENER = List.of("listener");
    private static final List<String> PURPOSE = List.of("purpose");
    private static final String MEMORY = "tailrace_network_memory_";

    private final SocketServer sockets;
    private final Map<String, ByteBudget> budgets;

    NetworkMetrics(SocketServer sockets) {
        this.sockets = sockets;
        this.budgets = sockets.memory();
    }

    void register(Metrics metrics) {
        metrics.gauges(
                "kafka_server_socket_server_metrics_connection_count",
                "Open connections.",
                LISTENER,
                samples -> connections(samples, SocketServer.ListenerConnections::open));
        metrics.counters(
                "kafka_server_socket_server_metrics_connection_creation_total",
                "Connections that were accepted.",
                LISTENER,
                samples -> connections(samples, SocketServer.ListenerConnections::accepted));
        metrics.counters(
                "tailrace_connections_refused_total",
                "Connections that were closed at once because there were max.connections, or max.connections.per.ip.",
                LISTENER,
                samples -> connections(samples, SocketServer.ListenerConnections::refused));
        metrics.gauges(
                MEMORY + "bytes",
                "Bytes that connections hold.",
                PURPOSE,
                samples -> budgets(samples, ByteBudget::usedBytes));
        metrics.gauges(
                MEMORY + "limit_bytes",
                "Bytes that connections may hold.",
                PURPOSE,
                samples -> budgets(samples, ByteBudget::bytesMax));
        metrics.counters(
                MEMORY + "exhaustions_total",
                "How often a connection had to wait for memory, or the limit was exceeded.",
                PURPOSE,
                samples -> budgets(samples, ByteBudget::exhaustions));
    }

    private void connections(Metrics.Samples samples, ToLongFunction<SocketServer.ListenerConnections> value) {
        sockets.connectionsByListener()
                .forEach((listener, connections) -> samples.add(value.applyAsLong(connections), listener));
    }

    private void budgets(Metrics.Samples samples, ToLongFunction<ByteBudget> value) {
        budgets.forEach((purpose, budget) -> samples.add(value.applyAsLong(budget), purpose));
    }
}
