package io.tailrace.server.cluster;

import io.tailrace.protocol.TopicPartition;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reports to the controller the partitions whose logs this broker cannot use. Logs that fail before a reporter is set are
 * reported later. Thread-safe.
 */
final class OfflineLogs {
    /** Reports to the controller. Must not block. */
    interface Reporter {
        void offline(Set<TopicPartition> partitions);

        void online(Set<TopicPartition> partitions);
    }

    /** Guarded by this object's monitor, as is {@link #reporter}. */
    private final Set<TopicPartition> offline = new HashSet<>();

    private @Nullable Reporter reporter;

    /** Reports the offline partitions, and every change from now on. */
    synchronized void reportTo(Reporter newReporter) {
        reporter = newReporter;
        if (!offline.isEmpty()) {
            newReporter.offline(Set.copyOf(offline));
        }
    }

    synchronized void add(Collection<TopicPartition> partitions) {
        offline.addAll(partitions);
        if (reporter != null && !partitions.isEmpty()) {
            reporter.offline(Set.copyOf(partitions));
        }
    }

    /** The partition's log can be used again, or is no longer needed. */
    synchronized void remove(TopicPartition partition) {
        if (offline.remove(partition) && reporter != null) {
            reporter.online(Set.of(partition));
        }
    }
}
