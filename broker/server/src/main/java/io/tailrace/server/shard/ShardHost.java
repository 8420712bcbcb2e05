package io.tailrace.server.shard;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.shard.Operation;
import io.tailrace.shard.Query;
import io.tailrace.shard.Shard;
import java.util.function.Consumer;

/** A shard in a partition that this broker leads. */
final class ShardHost<S extends Shard<S>> {
    <A> Submission submit(Operation<S, A> operation, Consumer<A> answer) {
        answer.accept(operation.refused(ErrorCode.NOT_COORDINATOR));
        return () -> {};
    }

    <A> void query(Query<S, A> query, Consumer<A> answer) {
        answer.accept(query.refused(ErrorCode.NOT_COORDINATOR));
    }
}
