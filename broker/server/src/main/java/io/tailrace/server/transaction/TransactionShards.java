package io.tailrace.server.transaction;

import io.tailrace.server.config.TransactionConfig;
import io.tailrace.server.shard.ShardKind;
import io.tailrace.transactions.TransactionSettings;
import io.tailrace.transactions.TransactionsShard;
import java.util.function.IntConsumer;

/** The shards of transactions. Thread-safe. */
public final class TransactionShards implements ShardKind<TransactionsShard> {
    private final TransactionSettings settings;
    private volatile IntConsumer onCommitted = partition -> {};

    public TransactionShards(TransactionConfig config) {
        this.settings =
                new TransactionSettings(config.timeoutMsMax(), config.expirationMs(), config.expiryIntervalMs());
    }

    /** Calls {@code listener} when more decisions of the shard in a partition are committed, or it has been loaded. */
    public void onCommitted(IntConsumer listener) {
        onCommitted = listener;
    }

    @Override
    public String topic() {
        return TransactionCoordinator.TOPIC;
    }

    @Override
    public TransactionsShard create() {
        return new TransactionsShard(settings);
    }

    @Override
    public void refresh(TransactionsShard state) {
        // Settings do not change while the broker runs.
    }

    @Override
    public void committed(int partition) {
        onCommitted.accept(partition);
    }
}
