package io.tailrace.server.fetch;

import io.tailrace.replication.Event;
import io.tailrace.server.api.Call;
import io.tailrace.server.network.Connection;
import io.tailrace.server.partition.Partition;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Acknowledges records for followers: a fetch at offset N acknowledges everything below N. Never waits for a busy partition,
 * whose disk may have stalled: the acknowledgements of all other partitions go through the same event loop. A busy partition gets
 * its acknowledgement from a task on the loop, even if the fetch has been answered by then.
 *
 * <p>A partition has at most one delayed acknowledgement for each connection, and a connection at most one task. A newer fetch
 * replaces the delayed acknowledgement, so that a follower never seems to go back. When a connection closes, its delayed
 * acknowledgements are lost; the follower repeats them with its first fetch on the next connection.
 *
 * <p>Methods are called on the connection's event loop.
 */
final class FollowerAcks {
    private static final long RETRY_MS = 10;

    private final Map<Connection, Map<Partition, Event>> delayed = new ConcurrentHashMap<>();

    /** Acknowledges the offsets in a follower's fetch of these partitions. */
    void acknowledge(Collection<PlannedPartition> fetched, Call<?> call) {
        Map<Partition, Event> own = delayed.getOrDefault(call.connection(), Map.of());
        Map<Partition, Event> busy = new LinkedHashMap<>(own);
        for (PlannedPartition planned : fetched) {
            Partition partition = planned.bind();
            if (partition != null) {
                acknowledge(partition, new Event.Fetched(planned.followerFetch()), busy);
            }
        }
        if (!busy.isEmpty()) {
            delayed.put(call.connection(), busy);
            if (own.isEmpty()) {
                retryLater(call);
            }
        }
    }

    private static void acknowledge(Partition partition, Event fetched, Map<Partition, Event> busy) {
        if (busy.containsKey(partition) || !partition.tryHandle(fetched)) {
            busy.put(partition, fetched);
        }
    }

    private void retryLater(Call<?> call) {
        var unused = call.schedule(() -> retry(call), RETRY_MS);
    }

    /**
     * Ends at the first partition that is still busy, because each attempt costs the loop time; that partition comes last next
     * time.
     */
    private void retry(Call<?> call) {
        Map<Partition, Event> busy = delayed.remove(call.connection());
        if (busy == null || !call.connection().isOpen()) {
            return;
        }
        boolean free = true;
        while (free && !busy.isEmpty()) {
            Map.Entry<Partition, Event> next = busy.entrySet().iterator().next();
            Partition partition = next.getKey();
            Event fetched = next.getValue();
            busy.remove(partition);
            free = partition.tryHandle(fetched);
            if (!free) {
                busy.put(partition, fetched);
            }
        }
        if (!busy.isEmpty()) {
            delayed.put(call.connection(), busy);
            retryLater(call);
        }
    }
}
