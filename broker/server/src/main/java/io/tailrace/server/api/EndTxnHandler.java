package io.tailrace.server.api;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.message.EndTxnRequest;
import io.tailrace.protocol.message.EndTxnResponse;
import io.tailrace.transactions.EndTransaction;
import io.tailrace.transactions.ProducerAnswer;
import io.tailrace.transactions.ProducerIdentity;

/** Commits and aborts transactions. The answer tells that this is decided; markers follow. */
public final class EndTxnHandler implements RequestHandler<EndTxnRequest, EndTxnResponse> {
    private static final short RAISES_EPOCH_SINCE = 5;
    private static final short VERSION_1 = 1;
    private static final short VERSION_2 = 2;

    private final ProducerOperations producers;

    public EndTxnHandler(ProducerOperations producers) {
        this.producers = producers;
    }

    @Override
    public ApiKey api() {
        return ApiKey.END_TXN;
    }

    @Override
    public void handle(EndTxnRequest request, Call<EndTxnResponse> call) {
        short requestVersion = call.header().version();
        short version = requestVersion >= RAISES_EPOCH_SINCE ? VERSION_2 : VERSION_1;
        ProducerIdentity producer = new ProducerIdentity(request.producerId(), request.producerEpoch());
        boolean knowsFenced = requestVersion >= TransactionErrors.KNOWS_FENCED;
        producers.submit(new ProducerOperations.Submitted<>(
                request.transactionalId(),
                freshId ->
                        new EndTransaction(request.transactionalId(), producer, request.committed(), version, freshId),
                answer -> shown(answer, knowsFenced),
                call));
    }

    private static EndTxnResponse shown(ProducerAnswer answer, boolean knowsFenced) {
        return new EndTxnResponse(
                0,
                TransactionErrors.shown(answer.error(), knowsFenced),
                answer.producer().id(),
                answer.producer().epoch());
    }
}
