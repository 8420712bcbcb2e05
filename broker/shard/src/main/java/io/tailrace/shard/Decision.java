package io.tailrace.shard;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The decision of an operation or timeout. All of it happens, or none of it: if the records cannot be appended, nothing changes
 * except timers that are {@linkplain TimerChange.Renew renewed}.
 *
 * @param records to append, in one batch
 * @param transaction the transaction that the records belong to, or the end of one; null for none
 * @param changes to apply after the records
 * @param replies to send when everything that the decision saw or appended is committed
 * @param timers to start or stop at once
 * @param <S> the shard
 */
public record Decision<S extends Shard<S>>(
        List<StoredRecord> records,
        @Nullable TransactionPart transaction,
        List<Change<S>> changes,
        List<Reply<?>> replies,
        List<TimerChange<S>> timers) {
    /** A decision; the lists are copied. */
    public Decision {
        if (transaction instanceof TransactionPart.End && !records.isEmpty()) {
            throw new IllegalArgumentException("expected no records beside a marker, found " + records.size());
        }
        records = List.copyOf(records);
        changes = List.copyOf(changes);
        replies = List.copyOf(replies);
        timers = List.copyOf(timers);
    }

    /** Nothing happens. */
    public static <S extends Shard<S>> Decision<S> nothing() {
        return new Decision<>(List.of(), null, List.of(), List.of(), List.of());
    }

    /** Only a reply is sent. */
    public static <S extends Shard<S>, A> Decision<S> reply(Ticket<A> ticket, A answer) {
        return new Decision<>(List.of(), null, List.of(), List.of(ticket.reply(answer)), List.of());
    }

    /** Collects a decision step by step. Not thread-safe. */
    public static final class Builder<S extends Shard<S>> {
        private final List<StoredRecord> records = new ArrayList<>();
        private final List<Change<S>> changes = new ArrayList<>();
        private final List<Reply<?>> replies = new ArrayList<>();
        private final List<TimerChange<S>> timers = new ArrayList<>();
        private @Nullable TransactionPart transaction;

        /** Appends a record. */
        public Builder<S> append(StoredRecord record) {
            records.add(record);
            return this;
        }

        /** Makes the records a part of a transaction, or ends one with a marker. */
        public Builder<S> transaction(TransactionPart part) {
            transaction = part;
            return this;
        }

        /** Applies a change that is not stored. */
        public Builder<S> change(Change<S> change) {
            changes.add(change);
            return this;
        }

        /** Answers a request. */
        public <A> Builder<S> reply(Ticket<A> ticket, A answer) {
            replies.add(ticket.reply(answer));
            return this;
        }

        /** Starts a timer, or moves it. */
        public Builder<S> start(Timeout<S> timer, long atMs) {
            timers.add(new TimerChange.Start<>(timer, atMs));
            return this;
        }

        /** Starts the timer of a session, or moves it, even if the records are refused. */
        public Builder<S> renew(Timeout<S> timer, long atMs) {
            timers.add(new TimerChange.Renew<>(timer, atMs));
            return this;
        }

        /** Stops a timer. */
        public Builder<S> stop(Timeout<S> timer) {
            timers.add(new TimerChange.Stop<>(timer));
            return this;
        }

        /** Adds everything in another decision, which is not part of a transaction. */
        public Builder<S> add(Decision<S> other) {
            if (other.transaction != null) {
                throw new IllegalArgumentException("expected no transaction, found " + other.transaction);
            }
            records.addAll(other.records);
            changes.addAll(other.changes);
            replies.addAll(other.replies);
            timers.addAll(other.timers);
            return this;
        }

        /** The decision. */
        public Decision<S> build() {
            return new Decision<>(records, transaction, changes, replies, timers);
        }
    }
}
