package io.tailrace.server.api;

import io.tailrace.coordination.CoordinationException;
import io.tailrace.coordination.ProducerIdBlocks;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.InitProducerIdRequest;
import io.tailrace.protocol.message.InitProducerIdResponse;
import io.tailrace.transactions.InitProducer;
import io.tailrace.transactions.ProducerAnswer;
import io.tailrace.transactions.ProducerIdentity;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives producers their ids and epochs. An idempotent producer that asks for a new epoch gets a new id instead, which works as well.
 */
public final class InitProducerIdHandler implements RequestHandler<InitProducerIdRequest, InitProducerIdResponse> {
    private static final Logger LOG = LoggerFactory.getLogger(InitProducerIdHandler.class);
    private static final short KNOWS_FENCED = 4;

    private final ProducerIdBlocks ids;
    private final BlockingCalls blocking;
    private final ProducerOperations producers;

    public InitProducerIdHandler(ProducerIdBlocks ids, BlockingCalls blocking, ProducerOperations producers) {
        this.ids = ids;
        this.blocking = blocking;
        this.producers = producers;
    }

    @Override
    public ApiKey api() {
        return ApiKey.INIT_PRODUCER_ID;
    }

    @Override
    public void handle(InitProducerIdRequest request, Call<InitProducerIdResponse> call) {
        String transactionalId = request.transactionalId();
        if (transactionalId != null) {
            start(transactionalId, request, call);
            return;
        }
        OptionalLong id = ids.tryNext();
        if (id.isPresent()) {
            call.answer(given(id.getAsLong()));
        } else {
            blocking.answer(
                    BlockingCalls.Kind.PRODUCER_ID,
                    call,
                    this::next,
                    () -> refused(ErrorCode.COORDINATOR_NOT_AVAILABLE));
        }
    }

    private void start(String transactionalId, InitProducerIdRequest request, Call<InitProducerIdResponse> call) {
        ProducerIdentity expected = new ProducerIdentity(request.producerId(), request.producerEpoch());
        boolean knowsFenced = call.header().version() >= KNOWS_FENCED;
        producers.submit(new ProducerOperations.Submitted<>(
                transactionalId,
                freshId -> new InitProducer(transactionalId, request.transactionTimeoutMs(), expected, freshId),
                answer -> shown(answer, knowsFenced),
                call));
    }

    private static InitProducerIdResponse shown(ProducerAnswer answer, boolean knowsFenced) {
        return new InitProducerIdResponse(
                0,
                TransactionErrors.shown(answer.error(), knowsFenced),
                answer.producer().id(),
                answer.producer().epoch());
    }

    private InitProducerIdResponse next() {
        try {
            return given(ids.next());
        } catch (CoordinationException e) {
            LOG.warn("No producer id could be given out: {}", e.getMessage());
            return refused(ErrorCode.COORDINATOR_NOT_AVAILABLE);
        }
    }

    private static InitProducerIdResponse given(long id) {
        return new InitProducerIdResponse(0, ErrorCode.NONE, id, (short) 0);
    }

    private static InitProducerIdResponse refused(ErrorCode error) {
        return new InitProducerIdResponse(0, error, -1, (short) -1);
    }
}
