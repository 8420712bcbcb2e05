package io.tailrace.server.transaction;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.record.EndTransactionMarker;
import io.tailrace.server.transaction.MarkerPlan.Batch;
import io.tailrace.server.transaction.MarkerPlan.Part;
import io.tailrace.transactions.MarkersWritten;
import io.tailrace.transactions.OwedMarkers;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Production's plan of markers, stepped as {@link MarkerWriter} does. Simulated are its thread, shard and network. */
public final class SimulatedMarkerWriter {
    private static final int SHARD = 0;
    private static final int RAISES_EPOCH_SINCE = 2;

    /**
     * A marker for a partition.
     *
     * @param isWelcome whether a copy that arrives now may be written
     */
    public record Request(
            TopicPartition partition, EndTransactionMarker marker, boolean raisesEpoch, BooleanSupplier isWelcome) {}

    /** What the writer needs. */
    public interface Surroundings {
        /** The current time. */
        long nowMs();

        /** The number of the broker that leads a partition, or -1; no two partitions share a broker. */
        int leader(TopicPartition partition);

        /** Sends markers to the leader of their partition. The answer is the error for each, or none if there is no answer. */
        void send(List<Request> requests, Consumer<List<ErrorCode>> answer);

        /** Reports to the shard. */
        void report(MarkersWritten written, Consumer<ErrorCode> answer);
    }

    private final Surroundings surroundings;
    private final MarkerPlan plan;
    private final Set<Batch> onTheirWay = Collections.newSetFromMap(new IdentityHashMap<>());

    /** A writer of a broker that has just started. */
    public SimulatedMarkerWriter(Surroundings surroundings) {
        this.surroundings = surroundings;
        plan = new MarkerPlan(new MarkerPlan.Leaders() {
            @Override
            public int leader(TopicPartition partition) {
                return surroundings.leader(partition);
            }

            @Override
            public boolean isAbsent(TopicPartition partition) {
                return false;
            }
        });
    }

    /**
     * What the shard owes, in this leader epoch of its partition.
     *
     * @param coordinatorEpoch taken before the shard was asked; -1 if this broker does not coordinate it
     */
    public void owed(int coordinatorEpoch, OwedMarkers.Answer answer) {
        if (answer.error() == ErrorCode.NONE && coordinatorEpoch >= 0) {
            plan.owed(SHARD, coordinatorEpoch, answer.markers(), surroundings.nowMs());
        } else {
            plan.unknown(SHARD);
        }
        run();
    }

    /** Does what there is to do now. */
    public void run() {
        MarkerPlan.Work work = plan.next(surroundings.nowMs());
        work.batches().forEach(this::send);
        work.reports()
                .forEach(report -> surroundings.report(
                        new MarkersWritten(
                                report.transactionalId(), report.key().endOffset(), report.partitions()),
                        error -> plan.reported(report, error, surroundings.nowMs())));
    }

    private void send(Batch batch) {
        onTheirWay.add(batch);
        List<Request> requests = new ArrayList<>();
        for (Part part : batch.parts()) {
            part.partitions().forEach(partition -> requests.add(request(batch, part, partition)));
        }
        surroundings.send(requests, errors -> answered(batch, errors));
    }

    /** In version 1, a late copy would end the next transaction: the protocol cannot tell the two apart. So there, none is late. */
    private Request request(Batch batch, Part part, TopicPartition partition) {
        boolean raisesEpoch = part.marker().version() >= RAISES_EPOCH_SINCE;
        return new Request(
                partition,
                new EndTransactionMarker(
                        part.marker().producer().id(),
                        part.marker().producer().epoch(),
                        part.marker().commit(),
                        part.coordinatorEpoch()),
                raisesEpoch,
                () -> raisesEpoch || onTheirWay.contains(batch));
    }

    private void answered(Batch batch, List<ErrorCode> errors) {
        onTheirWay.remove(batch);
        List<Map<TopicPartition, ErrorCode>> results = new ArrayList<>();
        int next = 0;
        for (Part part : batch.parts()) {
            Map<TopicPartition, ErrorCode> ofPart = new TreeMap<>();
            for (TopicPartition partition : part.partitions()) {
                ofPart.put(partition, errors.isEmpty() ? ErrorCode.NETWORK_EXCEPTION : errors.get(next++));
            }
            results.add(ofPart);
        }
        plan.answered(
                batch,
                (place, partition) -> results.get(place).getOrDefault(partition, ErrorCode.UNKNOWN_SERVER_ERROR),
                surroundings.nowMs());
        run();
    }
}
