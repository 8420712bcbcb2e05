package io.tailrace.server.shard;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.shard.Operation;
import io.tailrace.shard.Query;
import io.tailrace.shard.Shard;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The shards of one internal topic that this broker hosts: one for each partition that it leads. Thread-safe.
 *
 * <p>Answers are given once, on a thread of the shards or, if a request is refused at once, on the caller's. Whoever takes them
 * must not block.
 *
 * @param <S> the shard
 */
public final class ShardHosts<S extends Shard<S>> {
    private final Map<Integer, ShardHost<S>> hosts = new ConcurrentHashMap<>();

    /**
     * Submits a request to the shard in a partition.
     *
     * @param answer gets the answer, or what {@link Operation#refused} makes of an error
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
     * @param answer gets the answer, or what {@link Query#refused} makes of an error
     */
    public <A> void query(int partition, Query<S, A> query, Consumer<A> answer) {
        query(hosts.get(partition), query, answer);
    }

    private <A> void query(@Nullable ShardHost<S> host, Query<S, A> query, Consumer<A> answer) {
        if (host == null) {
            answer.accept(query.refused(ErrorCode.NOT_COORDINATOR));
        } else {
            host.query(query, answer);
        }
    }

    /**
     * Asks every shard that is hosted here. A shard that is still loading is refused with {@code COORDINATOR_LOAD_IN_PROGRESS}.
     *
     * @param answers gets one answer for each shard, in no order
     */
    public <A> void queryAll(Query<S, A> query, Consumer<List<A>> answers) {
        List<ShardHost<S>> all = new ArrayList<>(hosts.values());
        GatheredAnswers<A> gathered = new GatheredAnswers<>(all.size(), answers);
        for (int i = 0; i < all.size(); i++) {
            query(all.get(i), query, gathered.place(i));
        }
    }
}
