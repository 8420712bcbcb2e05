package io.tailrace.client;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The state of a producer's transactional id and of its current transaction.
 *
 * <p>A transaction ends only when none of its records is queued or on its way, so nothing of one transaction is left when the next one
 * has its epoch. That is why an abort does not send anything any more, and waits for what it has sent.
 *
 * <p>Any thread may call the methods of {@link TransactionalProducer}; {@link #poll} and what concerns batches belong to the producer's
 * thread. Futures complete on that thread, without the monitor.
 */
final class Transactions {
    private enum State {
        /** The id must be taken, for the first time or because it is lost. */
        WITHOUT_ID,
        TAKING_ID,
        READY,
        OPEN,
        COMMITTING,
        ABORTING,
        /** Must be aborted. */
        FAILED,
        /** The coordinator may or may not have committed. */
        UNDECIDED
    }

    private final TransactionCalls calls;
    private final Accumulator accumulator;
    private final CompletionQueue completions;

    /** Guarded by this object's monitor, as are the next five; volatile for the checks of each step. */
    private volatile State state = State.WITHOUT_ID;

    private ClientException obstacle =
            new ClientException(ErrorCode.INVALID_TXN_STATE, "no transactional id: call initTransactions first");
    private CompletableFuture<Void> outcome = new CompletableFuture<>();
    private final Set<RecordsRefusedException> refusals = Collections.newSetFromMap(new IdentityHashMap<>());
    private final List<CoordinatorCall<Boolean>> offsets = new ArrayList<>();
    private boolean closed;

    /** Of the producer's thread, as is the next; volatile for {@link #sendOffsets}. */
    private volatile ProducerEpoch producer = new ProducerEpoch(-1, (short) -1);

    private volatile @Nullable CoordinatorCall<ProducerEpoch> call;
    /** Whether the coordinator or a partition may know of the current transaction. */
    private volatile boolean begun;

    Transactions(TransactionCalls calls, Accumulator accumulator, CompletionQueue completions) {
        this.calls = calls;
        this.accumulator = accumulator;
        this.completions = completions;
        accumulator.refuse(obstacle);
    }

    synchronized CompletableFuture<Void> init() {
        require(state != State.TAKING_ID && state != State.COMMITTING && state != State.ABORTING, "initTransactions");
        return start(
                State.TAKING_ID,
                new ClientException(
                        ErrorCode.OPERATION_NOT_ATTEMPTED, "initTransactions was called before this was acknowledged"));
    }

    synchronized void begin() {
        require(state == State.READY, "begin");
        state = State.OPEN;
        accumulator.refuse(null);
    }

    synchronized CompletableFuture<Void> commit() {
        if (hasFailed()) {
            return CompletableFuture.failedFuture(obstacle);
        }
        require(state == State.OPEN || state == State.UNDECIDED, "commit");
        return start(
                State.COMMITTING,
                new ClientException(ErrorCode.INVALID_TXN_STATE, "the transaction is being committed"));
    }

    synchronized CompletableFuture<Void> abort() {
        if (state == State.WITHOUT_ID) {
            return CompletableFuture.failedFuture(obstacle);
        }
        require(state == State.OPEN || state == State.FAILED, "abort");
        return start(
                State.ABORTING,
                new ClientException(
                        ErrorCode.OPERATION_NOT_ATTEMPTED, "the transaction was aborted before this was acknowledged"));
    }

    /** Aborts a transaction that is open, as the producer closes; empty if there is none. */
    synchronized Optional<CompletableFuture<Void>> abandon() {
        return state == State.OPEN || state == State.FAILED ? Optional.of(abort()) : Optional.empty();
    }

    synchronized CompletableFuture<Void> sendOffsets(
            String group, Map<TopicPartition, Long> committed, MemberIdentity member) {
        if (hasFailed()) {
            return CompletableFuture.failedFuture(obstacle);
        }
        require(state == State.OPEN, "sendOffsets");
        CoordinatorCall<Boolean> sending = calls.commitOffsets(producer, group, Map.copyOf(committed), member);
        begun = true;
        offsets.add(sending);
        completions.wake();
        return sending.result().handle((done, failure) -> {
            synchronized (this) {
                offsets.remove(sending);
            }
            if (failure != null) {
                throw failed((ClientException) failure);
            }
            return null;
        });
    }

    synchronized void acceptRefusal(RecordsRefusedException refusal) {
        refusals.remove(refusal);
    }

    private boolean hasFailed() {
        return state == State.FAILED || state == State.WITHOUT_ID;
    }

    private void require(boolean allowed, String method) {
        if (!allowed) {
            throw new IllegalStateException(
                    method + " is not possible: the transaction is " + state + "; " + obstacle.getMessage());
        }
    }

    private CompletableFuture<Void> start(State next, ClientException why) {
        if (closed) {
            return CompletableFuture.failedFuture(obstacle);
        }
        become(next, why);
        outcome = new CompletableFuture<>();
        completions.wake();
        return outcome.copy();
    }

    /** @param why why records are refused in this state, and what fails that is not acknowledged */
    private synchronized void become(State next, ClientException why) {
        state = next;
        obstacle = why;
        accumulator.refuse(why);
    }

    /** Whether the batches of an open transaction are sent. */
    boolean maySend() {
        return state == State.OPEN || state == State.COMMITTING;
    }

    /** Whether batches are sent without lingering. */
    boolean isCommitting() {
        return state == State.COMMITTING;
    }

    /** Why nothing of the current transaction will be sent any more; null if it may be. */
    synchronized @Nullable ClientException endOfSending() {
        return switch (state) {
            case TAKING_ID, ABORTING, FAILED, WITHOUT_ID -> obstacle;
            case READY, OPEN, COMMITTING, UNDECIDED -> null;
        };
    }

    /** The producer of the current transaction, for a batch that is about to be sent. */
    ProducerEpoch join() {
        begun = true;
        return producer;
    }

    /** Sends what is due to coordinators. Returns the time by which to call again. */
    long poll(long nowMs) {
        ClientException end = endOfSending();
        List<CoordinatorCall<Boolean>> sending;
        synchronized (this) {
            sending = List.copyOf(offsets);
        }
        long nextMs = Long.MAX_VALUE;
        for (CoordinatorCall<Boolean> each : sending) {
            if (end != null) {
                each.cancel(end);
            }
            nextMs = Math.min(nextMs, each.poll(nowMs));
        }
        if (call == null) {
            startCall();
        }
        CoordinatorCall<ProducerEpoch> current = call;
        return current == null ? nextMs : Math.min(nextMs, current.poll(nowMs));
    }

    private void startCall() {
        State now = state;
        boolean isEnding = now == State.TAKING_ID || now == State.COMMITTING || now == State.ABORTING;
        if (!isEnding || !accumulator.isEmpty() || hasUnsentOffsets()) {
            return;
        }
        Optional<RecordsRefusedException> refusal = unacceptedRefusal();
        if (now == State.COMMITTING && refusal.isPresent()) {
            failed(refusal.get());
        } else if (now != State.TAKING_ID && !begun) {
            succeeded(producer);
        } else {
            CoordinatorCall<ProducerEpoch> next =
                    now == State.TAKING_ID ? calls.init() : calls.end(producer, now == State.COMMITTING);
            call = next;
            CompletableFuture<?> unused = next.result().whenComplete((given, failure) -> {
                call = null;
                if (failure == null) {
                    succeeded(given);
                } else {
                    callFailed((ClientException) failure);
                }
            });
        }
    }

    private synchronized boolean hasUnsentOffsets() {
        return !offsets.isEmpty();
    }

    private synchronized Optional<RecordsRefusedException> unacceptedRefusal() {
        return refusals.stream().findFirst();
    }

    private void succeeded(ProducerEpoch next) {
        CompletableFuture<Void> done;
        synchronized (this) {
            producer = next;
            begun = false;
            refusals.clear();
            become(
                    State.READY,
                    new ClientException(ErrorCode.INVALID_TXN_STATE, "no transaction is open: call begin first"));
            done = outcome;
        }
        done.complete(null);
    }

    private void callFailed(ClientException why) {
        CompletableFuture<Void> done;
        synchronized (this) {
            become(afterFailureOf(state, why.errorCode()), why);
            done = outcome;
        }
        done.completeExceptionally(why);
    }

    private static State afterFailureOf(State calling, ErrorCode error) {
        boolean hasTimedOut = error == ErrorCode.REQUEST_TIMED_OUT;
        return switch (calling) {
            case COMMITTING ->
                hasTimedOut
                        ? State.UNDECIDED
                        : error == ErrorCode.TRANSACTION_ABORTABLE ? State.FAILED : State.WITHOUT_ID;
            case ABORTING -> hasTimedOut ? State.FAILED : State.WITHOUT_ID;
            default -> State.WITHOUT_ID;
        };
    }

    /** A send was refused, and its sender does not know yet. If that is because no transaction is open, none is concerned. */
    synchronized void sendFailed(ClientException why) {
        // While a transaction is open nobody waits for its outcome, so no future completes in the monitor.
        if (state == State.OPEN) {
            recordsFailed(why, true);
        }
    }

    /**
     * Records have failed. Their senders do not know yet.
     *
     * @param isAbsent whether none of them can be in the log
     */
    void recordsFailed(ClientException why, boolean isAbsent) {
        if (why instanceof RecordsRefusedException refusal && refusal.isForContent() && isAbsent) {
            synchronized (this) {
                refusals.add(refusal);
            }
        } else {
            failed(why);
        }
    }

    /** Something of the transaction has failed: it cannot be committed. Returns the failure. */
    private ClientException failed(ClientException why) {
        ClientException ofOthers = ofOthers(why);
        CompletableFuture<Void> done;
        synchronized (this) {
            // Once the end is on its way, only its answer says what becomes of the transaction.
            if (!maySend() || call != null) {
                return why;
            }
            done = isCommitting() ? outcome : new CompletableFuture<>();
            become(why.isFence() ? State.WITHOUT_ID : State.FAILED, ofOthers);
        }
        done.completeExceptionally(ofOthers);
        return why;
    }

    /** The failure of what else belongs to the transaction. Only the refused records themselves have the exception of a refusal. */
    private static ClientException ofOthers(ClientException why) {
        return why instanceof RecordsRefusedException
                ? new ClientException(
                        why.isForContent() ? ErrorCode.OPERATION_NOT_ATTEMPTED : why.errorCode(),
                        "the transaction has failed: " + why.getMessage(),
                        why)
                : why;
    }

    /** Why the transaction does not go on, as far as the last request to its coordinator shows. Thread-safe. */
    synchronized Optional<ClientException> lastFailure() {
        CoordinatorCall<ProducerEpoch> current = call;
        if (current != null) {
            return Optional.ofNullable(current.lastFailure());
        }
        return switch (state) {
            case FAILED, WITHOUT_ID, UNDECIDED -> Optional.of(obstacle);
            case TAKING_ID, READY, OPEN, COMMITTING, ABORTING -> Optional.empty();
        };
    }

    /** The producer is closed: all calls fail from now on. */
    void close(ClientException why) {
        List<CoordinatorCall<Boolean>> sending;
        CompletableFuture<Void> done;
        synchronized (this) {
            closed = true;
            become(State.WITHOUT_ID, why);
            sending = List.copyOf(offsets);
            done = outcome;
        }
        sending.forEach(each -> each.result().completeExceptionally(why));
        done.completeExceptionally(why);
    }
}
