package io.tailrace.transactions;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.shard.Query;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * All markers that are owed: those of committed Prepare states. A transaction whose last marker was reported owes none, even if its
 * completion is not committed yet.
 */
public record OwedMarkers() implements Query<TransactionsShard, OwedMarkers.Answer> {
    /**
     * The markers.
     *
     * @param error the error
     * @param markers one for each transaction, in the order in which they ended
     */
    public record Answer(ErrorCode error, List<OwedMarker> markers) {}

    @Override
    public Answer answer(TransactionsShard state, long nowMs) {
        List<OwedMarker> markers = new ArrayList<>();
        for (String id : state.owing().keySet()) {
            committed(state, id).ifPresent(transaction -> markers.add(marker(state, id, transaction)));
        }
        return new Answer(ErrorCode.NONE, markers);
    }

    private static Optional<Transaction> committed(TransactionsShard state, String id) {
        Transaction transaction = state.transactions().committed(id);
        return Optional.ofNullable(transaction)
                .filter(each -> each.equals(state.transactions().get(id)));
    }

    private static OwedMarker marker(TransactionsShard state, String id, Transaction transaction) {
        return new OwedMarker(
                id,
                state.owing().getOrDefault(id, -1L),
                transaction.producer(),
                transaction.state().isCommit(),
                transaction.version(),
                state.unmarked(id, transaction));
    }

    @Override
    public Answer refused(ErrorCode error) {
        return new Answer(error, List.of());
    }
}
