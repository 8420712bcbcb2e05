package io.tailrace.transactions;

import io.tailrace.shard.Decision;
import io.tailrace.shard.Timeout;
import java.util.List;
import java.util.Map;

/**
 * Removes transactional ids that have had no transaction for {@code transactional.id.expiration.ms}. A pass removes a bounded
 * number; if there may be more, the next one follows at once.
 */
record IdExpiry() implements Timeout<TransactionsShard> {
    static final int REMOVED_MAX = 1_000;

    @Override
    public Decision<TransactionsShard> expired(TransactionsShard state, long nowMs) {
        long expirationMs = state.settings().expirationMs();
        List<String> ids = state.transactions().newest().entrySet().stream()
                .filter(entry -> isExpired(entry.getValue(), expirationMs, nowMs))
                .limit(REMOVED_MAX)
                .map(Map.Entry::getKey)
                .toList();
        Decision.Builder<TransactionsShard> decision = new Decision.Builder<>();
        ids.forEach(id -> decision.append(StoredTransaction.tombstone(id)));
        long pauseMs = ids.size() < REMOVED_MAX ? state.settings().expiryIntervalMs() : 0;
        return decision.start(this, nowMs + pauseMs).build();
    }

    private static boolean isExpired(Transaction transaction, long expirationMs, long nowMs) {
        return !transaction.state().hasTransaction() && nowMs - transaction.updatedMs() >= expirationMs;
    }
}
