package io.tailrace.server.api;

import io.tailrace.coordination.CoordinationException;
import io.tailrace.coordination.ProducerIdBlocks;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.InitProducerIdRequest;
import io.tailrace.protocol.message.InitProducerIdResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives idempotent producers their ids. A producer that wants a new epoch gets a new id, which serves it as well. */
public final class InitProducerIdHandler implements RequestHandler<InitProducerIdRequest, InitProducerIdResponse> {
    private static final Logger LOG = LoggerFactory.getLogger(InitProducerIdHandler.class);

    private final ProducerIdBlocks ids;
    private final BlockingCalls blocking;

    /** Takes ids from here, which may block. */
    public InitProducerIdHandler(ProducerIdBlocks ids, BlockingCalls blocking) {
        this.ids = ids;
        this.blocking = blocking;
    }

    @Override
    public ApiKey api() {
        return ApiKey.INIT_PRODUCER_ID;
    }

    @Override
    public void handle(InitProducerIdRequest request, Call<InitProducerIdResponse> call) {
        if (request.transactionalId() != null) {
            // There are no transactions yet, and this error ends a transactional producer instead of making it retry.
            call.answer(refused(ErrorCode.INVALID_REQUEST));
        } else {
            blocking.answer(call, this::next);
        }
    }

    private InitProducerIdResponse next() {
        try {
            return new InitProducerIdResponse(0, ErrorCode.NONE, ids.next(), (short) 0);
        } catch (CoordinationException e) {
            LOG.warn("no producer id could be given out: {}", e.getMessage());
            return refused(ErrorCode.COORDINATOR_NOT_AVAILABLE);
        }
    }

    private static InitProducerIdResponse refused(ErrorCode error) {
        return new InitProducerIdResponse(0, error, -1, (short) -1);
    }
}
