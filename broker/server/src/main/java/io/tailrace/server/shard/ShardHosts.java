package io.tailrace.server.shard;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.Leader;
import io.tailrace.replication.Replica;
import io.tailrace.server.partition.LeadershipListener;
import io.tailrace.server.partition.Partition;
import io.tailrace.shard.Operation;
import io.tailrace.shard.Query;
import io.tailrace.shard.Shard;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The shards of one internal topic that this broker hosts: one for each partition that it leads. Thread-safe.
 *
 * <p>Each request gets one answer, on a thread of the shards or, if it is refused at once, on the caller's thread. The callback
 * must not block.
 *
 * @param <S> the state
 */
public final class ShardHosts<S extends Shard<S>> implements LeadershipListener {
    /** Of all topics: a ticket is unique in the process. */
    private static final AtomicLong TICKETS = new AtomicLong();

    private final ShardKind<S> kind;
    private final Function<TopicPartition, ShardRuntime> runtimes;
    private final Map<Integer, ShardHost<S>> hosts = new ConcurrentHashMap<>();

    /** Hosts shards of this kind, none at first. */
    public ShardHosts(ShardKind<S> kind, ShardRuntime runtime) {
        this(kind, partition -> runtime);
    }

    /** Like the other constructor, with a separate runtime for each partition. */
    public ShardHosts(ShardKind<S> kind, Function<TopicPartition, ShardRuntime> runtimes) {
        this.kind = kind;
        this.runtimes = runtimes;
    }

    @Override
    public void leadershipChanged(Partition partition, Replica now) {
        if (!partition.id().topic().equals(kind.topic())) {
            return;
        }
        int index = partition.id().partition();
        ShardHost<S> before = hosts.remove(index);
        if (before != null) {
            before.close();
        }
        if (now instanceof Leader) {
            ShardHost<S> host = new ShardHost<>(
                    partition, now.leaderEpoch(), kind, runtimes.apply(partition.id()), TICKETS::incrementAndGet);
            hosts.put(index, host);
            host.start();
        }
    }

    /**
     * Submits a request to the shard in a partition.
     *
     * @param answer gets the answer, or {@link Operation#refused} of the error
     * @return lets the caller give the request up
     */
    public <A> Submission submit(int partition, Operation<S, A> operation, Consumer<A> answer) {
        ShardHost<S> host = hosts.get(partition);
        if (host == null) {
            answer.accept(operation.refused(ErrorCode.NOT_COORDINATOR));
            return () -> {};
        }
        return host.submit(operation, answer);
    }

    /**
     * Asks the shard in a partition.
     *
     * @param answer gets the answer, or {@link Query#refused} of the error
     */
    public <A> void query(int partition, Query<S, A> query, Consumer<A> answer) {
        ShardHost<S> host = hosts.get(partition);
        if (host == null) {
            answer.accept(query.refused(ErrorCode.NOT_COORDINATOR));
        } else {
            host.query(query, answer);
        }
    }

    /**
     * Queries every shard that is hosted here. A shard that is still loading is refused with
     * {@code COORDINATOR_LOAD_IN_PROGRESS}.
     *
     * @param answers gets one answer for each shard, in no order
     */
    public <A> void queryAll(Query<S, A> query, Consumer<List<A>> answers) {
        List<ShardHost<S>> all = new ArrayList<>(hosts.values());
        GatheredAnswers<A> gathered = new GatheredAnswers<>(all.size(), answers);
        for (int i = 0; i < all.size(); i++) {
            all.get(i).query(query, gathered.place(i));
        }
    }

    /** The leader epoch in which this broker hosts the shard in a partition; empty if it does not. */
    public OptionalInt leaderEpoch(int partition) {
        ShardHost<S> host = hosts.get(partition);
        return host == null ? OptionalInt.empty() : OptionalInt.of(host.leaderEpoch());
    }

    /** The partitions whose shards are hosted here, in no order. */
    public Set<Integer> partitions() {
        return Set.copyOf(hosts.keySet());
    }

    /** The status of each shard, in no order. */
    public List<ShardStatus> statuses() {
        return hosts.values().stream().map(ShardHost::status).toList();
    }
}
