package io.tailrace.server.transaction;

import io.tailrace.coordination.SingleThread;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.message.WriteTxnMarkersRequest;
import io.tailrace.protocol.message.WriteTxnMarkersResponse;
import io.tailrace.server.shard.ShardHosts;
import io.tailrace.transactions.MarkersWritten;
import io.tailrace.transactions.OwedMarkers;
import io.tailrace.transactions.TransactionsShard;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the markers that this broker's shards of transactions owe: asks the shards, sends what a {@link MarkerPlan} says, and reports
 * what has arrived. Thread-safe.
 *
 * <p>A shard is asked when more of its decisions are committed, and every {@value #TICK_MS} ms, so that no missed event matters.
 *
 * <p>Design note: all of this happens in passes, one at a time, which never wait. A pass runs on the thread that reports the event,
 * because a hand-off costs more than a short pass. The writer's own thread makes the passes that are long, and those for events that
 * arrive during another pass.
 */
final class MarkerWriter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MarkerWriter.class);
    private static final long TICK_MS = 1_000;
    private static final long WARN_INTERVAL_MS = 60_000;

    /** A pass looks at all transactions that end. With more than this, it is too long for a thread that has other work. */
    private static final int ENDINGS_OF_SHORT_PASS_MAX = 100;

    private final ShardHosts<TransactionsShard> hosts;
    private final MarkerNetwork network;
    private final MarkerPlan plan;
    private final LongSupplier steadyMs;
    private final SingleThread thread;
    private final Consumer<Throwable> onFailure;

    /** Shards to ask. */
    private final Set<Integer> changed = ConcurrentHashMap.newKeySet();

    /** What has happened: an answer for each shard, request and report under way at most. */
    private final Queue<Runnable> events = new ConcurrentLinkedQueue<>();

    /** How many events there were since the last pass began; zero if no pass is under way or due. */
    private final AtomicInteger unseen = new AtomicInteger();

    private volatile boolean isShort = true;
    private volatile boolean isClosed;
    private volatile MarkersOwed owed = MarkersOwed.NONE;

    /** The shards that have been asked. Used in a pass, as all below. */
    private final Set<Integer> asked = new HashSet<>();

    private @Nullable Future<?> wakeUp;
    private long warnFromMs = Long.MIN_VALUE;

    /**
     * A writer that has not started.
     *
     * @param onFailure gets what has ended the writer; must not block
     */
    MarkerWriter(
            ShardHosts<TransactionsShard> hosts,
            MarkerNetwork network,
            MarkerPlan.Leaders leaders,
            LongSupplier steadyMs,
            Consumer<Throwable> onFailure) {
        this.hosts = hosts;
        this.network = network;
        this.plan = new MarkerPlan(leaders);
        this.steadyMs = steadyMs;
        this.thread = new SingleThread("transaction-markers", onFailure);
        this.onFailure = onFailure;
    }

    void start() {
        var unused = thread.scheduleWithFixedDelay(this::tick, TICK_MS, TICK_MS, TimeUnit.MILLISECONDS);
    }

    /** More decisions of a shard are committed, or it has been loaded. Returns at once. The caller must not hold a lock. */
    void shardChanged(int partition) {
        changed.add(partition);
        wake();
    }

    /** The markers that were not known to be written about a second ago. */
    MarkersOwed owed() {
        return owed;
    }

    private void tick() {
        changed.addAll(hosts.partitions());
        happened(() -> owed = plan.size());
    }

    private void happened(Runnable event) {
        events.add(event);
        wake();
    }

    private void wake() {
        if (unseen.getAndIncrement() == 0) {
            if (isShort) {
                run();
            } else {
                thread.executeIfRunning(this::run);
            }
        }
    }

    private void run() {
        if (isClosed) {
            return;
        }
        int seen = unseen.get();
        try {
            pass();
        } catch (RuntimeException | Error e) {
            // The caller may be a future, which would keep it to itself.
            onFailure.accept(e);
            return;
        }
        if (unseen.addAndGet(-seen) > 0) {
            thread.executeIfRunning(this::run);
        }
    }

    private void pass() {
        for (Runnable event = events.poll(); event != null; event = events.poll()) {
            event.run();
        }
        for (int shard : List.copyOf(changed)) {
            // A shard that changes while it is asked is asked once more.
            if (asked.add(shard)) {
                changed.remove(shard);
                ask(shard);
            }
        }
        MarkerPlan.Work work = plan.next(steadyMs.getAsLong());
        work.batches().forEach(this::send);
        work.reports().forEach(this::report);
        isShort = plan.endings() <= ENDINGS_OF_SHORT_PASS_MAX;
        wakeUpAt(work.nextMs());
    }

    private void wakeUpAt(long nextMs) {
        if (wakeUp != null) {
            wakeUp.cancel(false);
            wakeUp = null;
        }
        if (nextMs != Long.MAX_VALUE) {
            long delayMs = Math.max(1, nextMs - steadyMs.getAsLong());
            wakeUp = thread.scheduleIfRunning(this::wake, delayMs).orElse(null);
        }
    }

    private void ask(int shard) {
        // Taken first. If another epoch begins in between, the markers are refused as those of an old coordinator, and
        // sent again.
        OptionalInt epoch = hosts.leaderEpoch(shard);
        hosts.query(
                shard,
                new OwedMarkers(),
                answer -> happened(() -> {
                    asked.remove(shard);
                    if (answer.error() == ErrorCode.NONE && epoch.isPresent()) {
                        plan.owed(shard, epoch.getAsInt(), answer.markers(), steadyMs.getAsLong());
                    } else {
                        plan.unknown(shard);
                    }
                }));
    }

    private void send(MarkerPlan.Batch batch) {
        var unused = network.send(batch.lane(), request(batch))
                .whenComplete((answer, failure) -> happened(() -> answered(batch, answer, failure)));
    }

    private static WriteTxnMarkersRequest request(MarkerPlan.Batch batch) {
        return new WriteTxnMarkersRequest(
                batch.parts().stream().map(MarkerWriter::marker).toList());
    }

    private static WriteTxnMarkersRequest.Marker marker(MarkerPlan.Part part) {
        Map<String, List<Integer>> topics = new TreeMap<>();
        for (TopicPartition each : part.partitions()) {
            topics.computeIfAbsent(each.topic(), topic -> new ArrayList<>()).add(each.partition());
        }
        return new WriteTxnMarkersRequest.Marker(
                part.marker().producer().id(),
                part.marker().producer().epoch(),
                part.marker().commit(),
                topics.entrySet().stream()
                        .map(topic -> new WriteTxnMarkersRequest.Topic(topic.getKey(), topic.getValue()))
                        .toList(),
                part.coordinatorEpoch(),
                (byte) part.marker().version());
    }

    private void answered(
            MarkerPlan.Batch batch, @Nullable WriteTxnMarkersResponse answer, @Nullable Throwable failure) {
        if (answer == null || answer.markers().size() != batch.parts().size()) {
            warn(batch.lane().broker() + ": " + (failure == null ? "its answer lacks results" : failure));
            plan.answered(batch, (place, partition) -> ErrorCode.NETWORK_EXCEPTION, steadyMs.getAsLong());
            return;
        }
        plan.answered(
                batch,
                (place, partition) -> {
                    ErrorCode error = MarkerAppends.errorOf(answer.markers().get(place), partition);
                    if (error != ErrorCode.NONE) {
                        warn(batch.lane().broker() + ": " + error + " for " + partition + " of transactional id "
                                + batch.parts().get(place).marker().transactionalId());
                    }
                    return error;
                },
                steadyMs.getAsLong());
    }

    private void warn(String problem) {
        long nowMs = steadyMs.getAsLong();
        if (nowMs >= warnFromMs) {
            warnFromMs = nowMs + WARN_INTERVAL_MS;
            LOG.warn("Markers of transactions are not written yet, trying again: broker {}", problem);
        }
    }

    private void report(MarkerPlan.Report report) {
        MarkersWritten written =
                new MarkersWritten(report.transactionalId(), report.key().endOffset(), report.partitions());
        var unused = hosts.submit(
                report.key().shard(),
                written,
                error -> happened(() -> plan.reported(report, error, steadyMs.getAsLong())));
    }

    /** Ends the passes but for one that is under way. Another broker sends what is left. */
    @Override
    public void close() {
        isClosed = true;
        thread.shutdownNow();
    }
}
