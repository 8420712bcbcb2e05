package io.tailrace.server.transaction;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.transaction.TransactionsTopic;
import io.tailrace.server.shard.ShardHosts;
import io.tailrace.server.shard.ShardStatus;
import io.tailrace.server.shard.Submission;
import io.tailrace.shard.Operation;
import io.tailrace.shard.Query;
import io.tailrace.transactions.TransactionsShard;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntSupplier;

/**
 * The transactional ids that this broker coordinates: those whose partition of {@link #TOPIC} it leads. Requests are answered and
 * refused as those of {@link io.tailrace.server.group.GroupCoordinator}. Thread-safe.
 */
public final class TransactionCoordinator {
    /** The topic that stores the transactions. */
    public static final String TOPIC = TransactionsTopic.NAME;

    private final IntSupplier partitions;
    private final ShardHosts<TransactionsShard> hosts;

    /** @param partitions the number of partitions of {@link #TOPIC} */
    public TransactionCoordinator(IntSupplier partitions, ShardHosts<TransactionsShard> hosts) {
        this.partitions = partitions;
        this.hosts = hosts;
    }

    /** The partition of {@link #TOPIC} that a transactional id belongs to. */
    public int partitionOf(String transactionalId) {
        return TransactionsTopic.partitionOf(transactionalId, partitions.getAsInt());
    }

    /**
     * Submits a request of a transactional id.
     *
     * @param answer gets the answer, or {@link Operation#refused} of the error
     * @return lets the caller give the request up
     */
    public <A> Submission submit(
            String transactionalId, Operation<TransactionsShard, A> operation, Consumer<A> answer) {
        return hosts.submit(partitionOf(transactionalId), operation, answer);
    }

    /**
     * Queries the committed state of a transactional id.
     *
     * @param answer gets the answer, or {@link Query#refused} of the error
     */
    public <A> void query(String transactionalId, Query<TransactionsShard, A> query, Consumer<A> answer) {
        hosts.query(partitionOf(transactionalId), query, answer);
    }

    /**
     * Queries every shard of this broker. A shard that is still loading returns {@link ErrorCode#COORDINATOR_LOAD_IN_PROGRESS}.
     *
     * @param answers gets one answer for each shard, in no order
     */
    public <A> void queryAll(Query<TransactionsShard, A> query, Consumer<List<A>> answers) {
        hosts.queryAll(query, answers);
    }

    /** The status of each shard of this broker, in no order. */
    public List<ShardStatus> shards() {
        return hosts.statuses();
    }
}
