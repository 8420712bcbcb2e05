package io.tailrace.replication;

import io.tailrace.protocol.ErrorCode;
import java.util.function.Function;

/** Whether a replica leads: the {@link Leader} itself, or {@link NotLeader} with the error to answer. */
public sealed interface Leadership permits Leader, NotLeader {

    /** Applies {@code ifLeader} to the leader, or {@code ifNot} to the error. */
    <T> T map(Function<? super Leader, ? extends T> ifLeader, Function<? super ErrorCode, ? extends T> ifNot);
}
