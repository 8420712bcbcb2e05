package io.tailrace.server.transaction;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.transactions.OwedMarker;
import io.tailrace.transactions.ProducerIdentity;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Decides which markers to send to which broker, and which to report to their shard. Compares what shards owe, which is given as a
 * whole each time, with what is on its way. Nothing that it knows has to survive: what it forgets is owed again. Confined to one
 * thread at a time.
 *
 * <p>The marker of a transaction for a partition is in one unanswered request at most, whatever happens to shards and leaders meanwhile.
 */
final class MarkerPlan {
    /** Partitions in one request, a partition of two transactions counted twice. */
    static final int MARKERS_PER_REQUEST = 1_000;

    /** Requests in a lane on their way. */
    static final int REQUESTS_PER_LANE = 5;

    /** A topic that the cluster has not shown for this long is deleted. Before, this broker may not have seen its creation yet. */
    static final long ABSENT_MS_MIN = 10_000;

    private final Leaders leaders;
    private final Map<Key, Ending> endings = new LinkedHashMap<>();
    private final Map<Lane, Integer> requests = new HashMap<>();

    MarkerPlan(Leaders leaders) {
        this.leaders = leaders;
    }

    /** Finds leaders. */
    interface Leaders {
        /** A partition has no leader. */
        int NONE = -1;

        /** The broker that leads a partition, or {@link #NONE}. */
        int leader(TopicPartition partition);

        /** Whether the cluster shows no such partition. */
        boolean isAbsent(TopicPartition partition);
    }

    /** Requests to a broker. Those that have failed before are sent apart: others need not wait for their answers. */
    record Lane(int broker, boolean isRetry) {}

    /** A transaction that ends. Offset and producer: an unclean election can give the offset to another one. */
    record Key(int shard, long endOffset, ProducerIdentity producer) {
        private Key(int shard, OwedMarker marker) {
            this(shard, marker.endOffset(), marker.producer());
        }
    }

    /**
     * A marker for partitions that a broker leads.
     *
     * @param shard the partition of the coordinator's topic
     * @param coordinatorEpoch its leader epoch
     */
    record Part(int shard, int coordinatorEpoch, OwedMarker marker, List<TopicPartition> partitions) {
        private Key key() {
            return new Key(shard, marker);
        }
    }

    /** A request to a broker. */
    record Batch(Lane lane, List<Part> parts) {}

    /** Partitions that have their marker, or are gone, to report to the shard. Empty for a transaction without partitions. */
    record Report(Key key, String transactionalId, Set<TopicPartition> partitions) {}

    /**
     * What to do now.
     *
     * @param nextMs when there is more to do even if nothing happens; {@link Long#MAX_VALUE} for never
     */
    record Work(List<Batch> batches, List<Report> reports, long nextMs) {}

    /** The results of a request. */
    interface Results {
        /** The result for a partition of the part in a place of the batch. */
        ErrorCode of(int place, TopicPartition partition);
    }

    /**
     * A shard owes these markers, and no others.
     *
     * @param coordinatorEpoch the leader epoch of the shard
     */
    void owed(int shard, int coordinatorEpoch, List<OwedMarker> markers, long nowMs) {
        Set<Key> listed = new HashSet<>();
        for (OwedMarker marker : markers) {
            Key key = new Key(shard, marker);
            listed.add(key);
            endings.computeIfAbsent(key, absent -> new Ending()).owe(marker, coordinatorEpoch, nowMs);
        }
        forgetIf(key -> key.shard() == shard && !listed.contains(key));
    }

    /** This broker does not know what the shard owes, or does not coordinate it. */
    void unknown(int shard) {
        forgetIf(key -> key.shard() == shard);
    }

    private void forgetIf(Predicate<Key> condition) {
        endings.entrySet().removeIf(entry -> {
            if (condition.test(entry.getKey())) {
                entry.getValue().forget();
            }
            return entry.getValue().isEmpty();
        });
    }

    /** What to send and to report now. From now on it is on its way. */
    Work next(long nowMs) {
        Draft draft = new Draft(nowMs);
        endings.forEach(draft::add);
        return draft.work();
    }

    /** A request is answered, or has failed. */
    void answered(Batch batch, Results results, long nowMs) {
        requests.merge(batch.lane(), -1, (count, change) -> count + change == 0 ? null : count + change);
        for (int i = 0; i < batch.parts().size(); i++) {
            Part part = batch.parts().get(i);
            Ending ending = endings.get(part.key());
            if (ending != null) {
                for (TopicPartition each : part.partitions()) {
                    ending.answered(each, results.of(i, each), nowMs);
                }
                removeIfEmpty(part.key(), ending);
            }
        }
    }

    /** A report is answered. */
    void reported(Report report, ErrorCode error, long nowMs) {
        Ending ending = endings.get(report.key());
        if (ending != null) {
            ending.reported(report.partitions(), error, nowMs);
            removeIfEmpty(report.key(), ending);
        }
    }

    private void removeIfEmpty(Key key, Ending ending) {
        if (ending.isEmpty()) {
            endings.remove(key);
        }
    }

    /** How many transactions end. */
    int endings() {
        return endings.size();
    }

    /** The markers that are not known to be written. */
    MarkersOwed size() {
        int owed = 0;
        int sent = 0;
        long oldestMs = Long.MAX_VALUE;
        for (Ending ending : endings.values()) {
            for (Delivery delivery : ending.deliveries()) {
                owed++;
                sent += delivery.isSent() ? 1 : 0;
                oldestMs = Math.min(oldestMs, delivery.sinceMs());
            }
        }
        return new MarkersOwed(owed, sent, oldestMs);
    }

    /** Gathers what to do. */
    private final class Draft {
        private final long nowMs;
        private final Map<Lane, List<Batch>> batches = new LinkedHashMap<>();
        private final Map<Lane, Integer> room = new HashMap<>();
        private final List<Report> reports = new ArrayList<>();
        private long nextMs = Long.MAX_VALUE;

        Draft(long nowMs) {
            this.nowMs = nowMs;
        }

        void add(Key key, Ending ending) {
            Map<Lane, Part> parts = new HashMap<>();
            ending.partitions().forEach((partition, delivery) -> {
                if (delivery.isDue(nowMs)) {
                    send(key, ending, partition, delivery, parts);
                }
            });
            ending.deliveries().forEach(delivery -> nextMs = Math.min(nextMs, delivery.dueAfter(nowMs)));
            ending.takeArrived(nowMs)
                    .ifPresent(arrived ->
                            reports.add(new Report(key, ending.marker().transactionalId(), arrived)));
        }

        private void send(Key key, Ending ending, TopicPartition partition, Delivery delivery, Map<Lane, Part> parts) {
            int leader = leaders.leader(partition);
            if (leader == Leaders.NONE) {
                if (delivery.absentFor(leaders.isAbsent(partition), nowMs) >= ABSENT_MS_MIN) {
                    delivery.arrive();
                } else {
                    delivery.tryAgain(nowMs);
                }
                return;
            }
            Lane lane = new Lane(leader, delivery.hasFailed());
            if (!takeRoom(lane)) {
                return;
            }
            Part part = parts.get(lane);
            if (part == null || room.getOrDefault(lane, 0) == MARKERS_PER_REQUEST - 1) {
                part = new Part(key.shard(), ending.coordinatorEpoch(), ending.marker(), new ArrayList<>());
                parts.put(lane, part);
                List<Batch> all = batches.computeIfAbsent(lane, absent -> new ArrayList<>());
                all.get(all.size() - 1).parts().add(part);
            }
            part.partitions().add(partition);
            delivery.send();
        }

        /** Takes the place of a marker in the last request of a lane, or in a new one. */
        private boolean takeRoom(Lane lane) {
            int left = room.getOrDefault(lane, 0);
            if (left == 0) {
                if (requests.getOrDefault(lane, 0) == REQUESTS_PER_LANE) {
                    return false;
                }
                requests.merge(lane, 1, Integer::sum);
                batches.computeIfAbsent(lane, absent -> new ArrayList<>()).add(new Batch(lane, new ArrayList<>()));
                left = MARKERS_PER_REQUEST;
            }
            room.put(lane, left - 1);
            return true;
        }

        Work work() {
            List<Batch> all = batches.values().stream().flatMap(List::stream).toList();
            return new Work(all, List.copyOf(reports), nextMs);
        }
    }
}
