package io.tailrace.simulation;

import io.tailrace.server.partition.LeadershipListener;
import io.tailrace.shard.Operation;
import io.tailrace.shard.StoredRecord;
import io.tailrace.transactions.ProducerAnswer;
import io.tailrace.transactions.TransactionSettings;
import io.tailrace.transactions.TransactionsShard;
import io.tailrace.transactions.UsedUpEpochs;
import java.nio.ByteBuffer;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Function;

/** The shard of transactions, and the sender of markers beside it. */
final class TransactionCoordinators extends ShardWorkload<TransactionsShard> {
    private static final TransactionSettings SETTINGS = new TransactionSettings(10_000, 100_000_000, 100_000_000);
    private static final int EPOCHS_LEFT_MAX = 6;
    private static final long LEADER_AWAITED_MS = 10;

    private final TransactionalClusters all;
    private long lastProducerId;

    TransactionCoordinators(TransactionalClusters all, Cluster cluster) {
        super(cluster);
        this.all = all;
    }

    @Override
    TransactionsShard emptyShard() {
        return new TransactionsShard(SETTINGS);
    }

    @Override
    public void start() {}

    @Override
    public LeadershipListener started(BrokerProcess process) {
        LeadershipListener listener = super.started(process);
        new MarkerSender(all, process).start();
        return listener;
    }

    @Override
    void beginOther(Step step) {
        all.begin(step);
    }

    /** Stores the state of an id that has almost no epochs left, and goes on. */
    void useUpEpochs(String transactionalId, Runnable then) {
        StoredRecord record = UsedUpEpochs.record(
                transactionalId, ++lastProducerId, (int) all.between(0, EPOCHS_LEFT_MAX), STARTED_AT_MS);
        store(batch(record.key(), record.value()), then);
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
