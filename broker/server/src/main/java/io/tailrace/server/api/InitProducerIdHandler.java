package io.tailrace.server.api;

import io.tailrace.coordination.CoordinationException;
import io.tailrace.coordination.ProducerIdBlocks;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.InitProducerIdRequest;
import io.tailrace.protocol.message.InitProducerIdResponse;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives idempotent producers their ids. A producer that asks for a new epoch gets a new id instead, which works as well. */
public final class InitProducerIdHandler implements RequestHandler<InitProducerIdRequest, InitProducerIdResponse> {
    private static final Logger LOG = LoggerFactory.getLogger(InitProducerIdHandler.class);

    private final ProducerIdBlocks ids;
    private final BlockingCalls blocking;

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
            // There are no transactions. With this error a transactional producer fails instead of trying again.
            call.answer(refused(ErrorCode.INVALID_REQUEST));
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
