package io.tailrace.transactions;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.shard.Query;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * ListTransactions in one shard.
 *
 * @param states the names of the states to list; empty for all
 * @param producerIds the producer ids to list; empty for all
 * @param durationMs lists only transactions that have been running for longer; negative for all ids
 * @param pattern a regular expression in RE2 syntax for whole ids; empty for all
 */
public record ListTransactions(Set<String> states, Set<Long> producerIds, long durationMs, String pattern)
        implements Query<TransactionsShard, ListTransactions.Answer> {
    /** Copies the filters. */
    public ListTransactions {
        states = Set.copyOf(states);
        producerIds = Set.copyOf(producerIds);
    }

    /**
     * The transactional ids.
     *
     * @param error the error; {@code INVALID_REGULAR_EXPRESSION} if the pattern is not in RE2 syntax
     * @param unknownStates the states in the request that do not exist, by name
     * @param ids the transactional ids
     */
    public record Answer(ErrorCode error, List<String> unknownStates, List<Listed> ids) {}

    /**
     * A transactional id.
     *
     * @param transactionalId the id
     * @param producerId its producer id
     * @param state the name of its state
     */
    public record Listed(String transactionalId, long producerId, String state) {}

    @Override
    public Answer answer(TransactionsShard state, long nowMs) {
        Optional<Pattern> compiled;
        try {
            compiled = pattern.isEmpty() ? Optional.empty() : Optional.of(Pattern.compile(pattern));
        } catch (PatternSyntaxException e) {
            return refused(ErrorCode.INVALID_REGULAR_EXPRESSION);
        }
        List<Listed> listed = new ArrayList<>();
        Set<TransactionState> wanted = wantedStates();
        for (String id : state.transactions().committedKeys()) {
            Transaction transaction =
                    Objects.requireNonNull(state.transactions().committed(id));
            if (wanted.contains(transaction.state())
                    && (producerIds.isEmpty()
                            || producerIds.contains(transaction.producer().id()))
                    && (durationMs < 0 || hasRunFor(transaction, nowMs))
                    && (compiled.isEmpty() || compiled.get().matches(id))) {
                listed.add(new Listed(
                        id, transaction.producer().id(), transaction.state().text()));
            }
        }
        return new Answer(ErrorCode.NONE, unknownStates(), listed);
    }

    private boolean hasRunFor(Transaction transaction, long nowMs) {
        return transaction.state().hasTransaction() && nowMs - transaction.startMs() > durationMs;
    }

    private Set<TransactionState> wantedStates() {
        Set<TransactionState> wanted = EnumSet.noneOf(TransactionState.class);
        states.forEach(name -> TransactionState.named(name).ifPresent(wanted::add));
        return states.isEmpty() ? EnumSet.allOf(TransactionState.class) : wanted;
    }

    private List<String> unknownStates() {
        return states.stream()
                .filter(name -> TransactionState.named(name).isEmpty())
                .sorted()
                .toList();
    }

    @Override
    public Answer refused(ErrorCode error) {
        return new Answer(error, List.of(), List.of());
    }
}
