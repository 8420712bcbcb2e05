package io.tailrace.server.cluster;

import io.tailrace.protocol.TopicPartition;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The partitions whose logs this broker cannot use until it is restarted, on their way to the controller: those that fail
 * before there is anybody to tell wait until there is. Thread-safe.
 */
final class OfflineLogs {
    /** Guarded by this object's monitor, as is {@link #controller}. */
    private final Set<TopicPartition> untold = new HashSet<>();

    private @Nullable Consumer<Set<TopicPartition>> controller;

    /** @param teller tells the controller; must not block */
    synchronized void tellTo(Consumer<Set<TopicPartition>> teller) {
        controller = teller;
        tell();
    }

    synchronized void add(Collection<TopicPartition> partitions) {
        untold.addAll(partitions);
        tell();
    }

    private void tell() {
        if (controller != null && !untold.isEmpty()) {
            controller.accept(Set.copyOf(untold));
            untold.clear();
        }
    }
}
