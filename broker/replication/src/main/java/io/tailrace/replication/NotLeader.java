package io.tailrace.replication;

import io.tailrace.protocol.ErrorCode;
import java.util.function.Function;

/**
 * A replica that does not lead, or not in the leader epoch that was asked for.
 *
 * @param error what to answer a request that only a leader may serve
 */
public record NotLeader(ErrorCode error) implements Leadership {
    @Override
    public <T> T map(Function<? super Leader, ? extends T> ifLeader, Function<? super ErrorCode, ? extends T> ifNot) {
        return ifNot.apply(error);
    }
}
