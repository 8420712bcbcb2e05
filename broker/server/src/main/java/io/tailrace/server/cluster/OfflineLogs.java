package io.tailrace.server.cluster;

import io.tailrace.protocol.TopicPartition;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reports to the controller which partitions' logs this broker cannot use until it is restarted. Logs that fail before the
 * broker is registered are reported once it is. Thread-safe.
 */
final class OfflineLogs {
    /** Guarded by this object's monitor, as is {@link #controller}. */
    private final Set<TopicPartition> unreported = new HashSet<>();

    private @Nullable Consumer<Set<TopicPartition>> controller;

    /** @param reporter reports to the controller; must not block */
    synchronized void reportTo(Consumer<Set<TopicPartition>> reporter) {
        controller = reporter;
        report();
    }

    synchronized void add(Collection<TopicPartition> partitions) {
        unreported.addAll(partitions);
        report();
    }

    private void report() {
        if (controller != null && !unreported.isEmpty()) {
            controller.accept(Set.copyOf(unreported));
            unreported.clear();
        }
    }
}
