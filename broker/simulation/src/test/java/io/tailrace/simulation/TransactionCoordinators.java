package io.tailrace.simulation;

import io.tailrace.protocol.record.CompressionType;
import io.tailrace.protocol.record.RecordBatchBuilder;
import io.tailrace.server.partition.LeadershipListener;
import io.tailrace.server.shard.ShardKind;
import io.tailrace.shard.Operation;
import io.tailrace.shard.Query;
import io.tailrace.shard.StoredRecord;
import io.tailrace.transactions.ProducerAnswer;
import io.tailrace.transactions.TransactionSettings;
import io.tailrace.transactions.TransactionsShard;
import io.tailrace.transactions.UsedUpEpochs;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;

/** Production's shard of transactions, beside the partition that stores it in each broker. */
final class TransactionCoordinators implements Workload {
    private static final long STARTED_AT_MS = 1_700_000_000_000L;
    private static final TransactionSettings SETTINGS = new TransactionSettings(10_000, 100_000_000, 100_000_000);
    private static final int JUMP_FACTOR = 10;
    private static final int EPOCHS_LEFT_MAX = 6;
    private static final int BATCH_BYTES_MAX = 256;
    private static final long LEADER_AWAITED_MS = 10;

    private final TransactionalClusters all;
    private final Cluster cluster;
    private final Map<Integer, SimulatedCoordinator<TransactionsShard>> hosts = new HashMap<>();
    private final long[] clockAheadMs = new long[Settings.BROKERS + 1];
    private long lastProducerId;

    TransactionCoordinators(TransactionalClusters all, Cluster cluster) {
        this.all = all;
        this.cluster = cluster;
    }

    private record Kind() implements ShardKind<TransactionsShard> {
        @Override
        public String topic() {
            return Store.TOPIC;
        }

        @Override
        public TransactionsShard create() {
            return new TransactionsShard(SETTINGS);
        }

        @Override
        public void refresh(TransactionsShard state) {}
    }

    @Override
    public void start() {}

    @Override
    public LeadershipListener started(BrokerProcess process) {
        process.later(0, () -> process.link().keepLease());
        SimulatedCoordinator<TransactionsShard> host =
                new SimulatedCoordinator<>(process, new Kind(), () -> wallMs(process.id()));
        hosts.put(process.id(), host);
        new MarkerSender(all, process).start();
        return host.listener();
    }

    /** Stores the state of an id that has almost no epochs left, and goes on. */
    void useUpEpochs(String transactionalId, Runnable then) {
        StoredRecord record = UsedUpEpochs.record(
                transactionalId, ++lastProducerId, (int) all.between(0, EPOCHS_LEFT_MAX), STARTED_AT_MS);
        RecordBatchBuilder builder = new RecordBatchBuilder(CompressionType.NONE, BATCH_BYTES_MAX);
        builder.append(STARTED_AT_MS, bytes(record.key()), bytes(Objects.requireNonNull(record.value())), List.of());
        store(builder.build(), then);
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    /** Appends once there is a leader. */
    private void store(ByteBuffer batch, Runnable then) {
        for (SimulatedBroker broker : cluster.brokers) {
            broker.process().ifPresent(process -> process.partition().appendForeign(batch.duplicate()));
        }
        if (cluster.brokers.stream().anyMatch(broker -> broker.disk().endOffset() > 0)) {
            then.run();
            return;
        }
        cluster.timeline.after(LEADER_AWAITED_MS, () -> store(batch, then));
    }

    private long wallMs(int broker) {
        return STARTED_AT_MS + cluster.timeline.nowMs() + clockAheadMs[broker];
    }

    @Override
    public BooleanSupplier lease(BrokerProcess process) {
        return () -> process.link().holdsLease();
    }

    @Override
    public void begin(Step step) {
        if (step.kind() != Step.Kind.CLOCK_JUMP) {
            all.begin(step);
            return;
        }
        clockAheadMs[step.broker()] += step.forMs() * (step.other() % 2 == 0 ? JUMP_FACTOR : -JUMP_FACTOR);
    }

    private SimulatedCoordinator<TransactionsShard> host(BrokerProcess process) {
        return Objects.requireNonNull(hosts.get(process.id()));
    }

    <A> void submit(BrokerProcess process, Operation<TransactionsShard, A> operation, Consumer<A> answer) {
        var unused = host(process).submit(operation, answer);
    }

    <A> void query(BrokerProcess process, Query<TransactionsShard, A> query, Consumer<A> answer) {
        var unused = host(process).query(query, answer);
    }

    /** Submits an operation that may need a new producer id, as the broker does. */
    void submitWithId(
            BrokerProcess process,
            Function<OptionalLong, Operation<TransactionsShard, ProducerAnswer>> operation,
            Consumer<ProducerAnswer> answer) {
        submit(process, operation.apply(OptionalLong.empty()), first -> {
            if (first.needsProducerId()) {
                submit(process, operation.apply(OptionalLong.of(++lastProducerId)), answer);
            } else {
                answer.accept(first);
            }
        });
    }
}
