package io.tailrace.server.api;

import io.tailrace.coordination.CoordinationException;
import io.tailrace.coordination.ProducerIdBlocks;
import io.tailrace.protocol.message.Response;
import io.tailrace.server.transaction.TransactionCoordinator;
import io.tailrace.shard.Operation;
import io.tailrace.transactions.ProducerAnswer;
import io.tailrace.transactions.TransactionsShard;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Submits operations that may need a producer id that was never used. Thread-safe. */
public final class ProducerOperations {
    private static final Logger LOG = LoggerFactory.getLogger(ProducerOperations.class);

    private final TransactionCoordinator transactions;
    private final ProducerIdBlocks ids;
    private final BlockingCalls blocking;

    public ProducerOperations(TransactionCoordinator transactions, ProducerIdBlocks ids, BlockingCalls blocking) {
        this.transactions = transactions;
        this.ids = ids;
        this.blocking = blocking;
    }

    /**
     * A request whose operation may need an id.
     *
     * @param operation the operation, given the id if there is one
     * @param shown what the client gets of its answer
     */
    record Submitted<A extends Response>(
            String transactionalId,
            Function<OptionalLong, Operation<TransactionsShard, ProducerAnswer>> operation,
            Function<ProducerAnswer, A> shown,
            Call<A> call) {}

    /** Submits a request, with an id only if it needs one. */
    <A extends Response> void submit(Submitted<A> request) {
        Call<A> call = request.call();
        call.onDisconnect(transactions.submit(
                request.transactionalId(), request.operation().apply(OptionalLong.empty()), answer -> {
                    if (answer.needsProducerId()) {
                        call.execute(() -> submitWithId(request, answer));
                    } else {
                        call.answer(request.shown().apply(answer));
                    }
                })::giveUp);
    }

    /** @param withoutId the answer if there is no id */
    private <A extends Response> void submitWithId(Submitted<A> request, ProducerAnswer withoutId) {
        Call<A> call = request.call();
        OptionalLong id = ids.tryNext();
        if (id.isPresent()) {
            BlockingCalls.answer(call, submit(request, id));
            return;
        }
        blocking.answerLater(
                BlockingCalls.Kind.PRODUCER_ID,
                call,
                () -> {
                    try {
                        return submit(request, OptionalLong.of(ids.next()));
                    } catch (CoordinationException e) {
                        LOG.warn("No producer id could be given out: {}", e.getMessage());
                        return CompletableFuture.completedStage(request.shown().apply(withoutId));
                    }
                },
                () -> request.shown().apply(withoutId));
    }

    private <A extends Response> CompletionStage<A> submit(Submitted<A> request, OptionalLong id) {
        CompletableFuture<ProducerAnswer> answer = new CompletableFuture<>();
        var unused = transactions.submit(
                request.transactionalId(), request.operation().apply(id), answer::complete);
        return answer.thenApplyAsync(request.shown(), request.call()::execute);
    }
}
