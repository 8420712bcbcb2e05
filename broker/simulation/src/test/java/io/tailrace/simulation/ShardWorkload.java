package io.tailrace.simulation;

import io.tailrace.protocol.record.CompressionType;
import io.tailrace.protocol.record.RecordBatchBuilder;
import io.tailrace.server.partition.LeadershipListener;
import io.tailrace.server.shard.ShardKind;
import io.tailrace.shard.Operation;
import io.tailrace.shard.Query;
import io.tailrace.shard.Shard;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Production's shard of one kind, beside the partition that stores it in each broker. Simulated are the brokers' wall clocks. */
abstract class ShardWorkload<S extends Shard<S>> implements Workload {
    static final long STARTED_AT_MS = 1_700_000_000_000L;
    private static final int JUMP_FACTOR = 10;
    private static final int BATCH_BYTES_MAX = 256;

    final Cluster cluster;
    /** Those of the newest process of each broker. */
    private final Map<Integer, SimulatedCoordinator<S>> coordinators = new HashMap<>();

    private final long[] clockAheadMs = new long[Settings.BROKERS + 1];

    ShardWorkload(Cluster cluster) {
        this.cluster = cluster;
    }

    /** A shard into which nothing has been loaded yet. */
    abstract S emptyShard();

    /** Like {@link #begin}, for a fault other than a jump of a clock. */
    abstract void beginOther(Step step);

    @Override
    public LeadershipListener started(BrokerProcess process) {
        process.later(0, () -> process.link().keepLease());
        SimulatedCoordinator<S> coordinator = new SimulatedCoordinator<>(process, kind(), () -> wallMs(process.id()));
        coordinators.put(process.id(), coordinator);
        return coordinator.listener();
    }

    private ShardKind<S> kind() {
        return new ShardKind<>() {
            @Override
            public String topic() {
                return Store.TOPIC;
            }

            @Override
            public S create() {
                return emptyShard();
            }

            @Override
            public void refresh(S state) {}
        };
    }

    @Override
    public final BooleanSupplier lease(BrokerProcess process) {
        return () -> process.link().holdsLease();
    }

    @Override
    public final void begin(Step step) {
        if (step.kind() == Step.Kind.CLOCK_JUMP) {
            clockAheadMs[step.broker()] += step.forMs() * (step.other() % 2 == 0 ? JUMP_FACTOR : -JUMP_FACTOR);
        } else {
            beginOther(step);
        }
    }

    private long wallMs(int broker) {
        return STARTED_AT_MS + cluster.timeline.nowMs() + clockAheadMs[broker];
    }

    final SimulatedCoordinator<S> coordinator(BrokerProcess process) {
        return Objects.requireNonNull(coordinators.get(process.id()));
    }

    final <A> void submit(BrokerProcess process, Operation<S, A> operation, Consumer<A> answer) {
        var unused = coordinator(process).submit(operation, answer);
    }

    final <A> void query(BrokerProcess process, Query<S, A> query, Consumer<A> answer) {
        var unused = coordinator(process).query(query, answer);
    }

    /** A record that nobody has asked the shard for. */
    static ByteBuffer batch(ByteBuffer key, @Nullable ByteBuffer value) {
        RecordBatchBuilder builder = new RecordBatchBuilder(CompressionType.NONE, BATCH_BYTES_MAX);
        builder.append(STARTED_AT_MS, bytes(key), value == null ? null : bytes(value), List.of());
        return builder.build();
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }
}
