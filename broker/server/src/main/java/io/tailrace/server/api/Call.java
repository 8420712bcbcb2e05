package io.tailrace.server.api;

import io.netty.buffer.Unpooled;
import io.tailrace.protocol.RecordsPayload;
import io.tailrace.protocol.codec.EncodedMessage;
import io.tailrace.protocol.codec.RequestHeader;
import io.tailrace.protocol.codec.Responses;
import io.tailrace.protocol.message.Response;
import io.tailrace.server.network.AnswerFrame;
import io.tailrace.server.network.Connection;
import io.tailrace.server.network.Exchange;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A request and its answer, which is encoded in the version of the request. {@link #answer} may be called from any thread.
 *
 * @param <A> the answer
 */
public final class Call<A extends Response> extends Exchange {
    private final RequestHeader header;
    private final Runnable onAnswer;

    /**
     * A call that has not been answered.
     *
     * @param requestBytes memory that the decoded request holds, approximately
     * @param onAnswer called once when the request is answered, on any thread
     */
    Call(Connection connection, RequestHeader header, long requestBytes, Runnable onAnswer) {
        super(connection, requestBytes);
        this.header = header;
        this.onAnswer = onAnswer;
    }

    /** The request's header. */
    public RequestHeader header() {
        return header;
    }

    /** Answers the request. Slices of the log in the answer belong to the connection from now on. */
    public void answer(A body) {
        EncodedMessage encoded;
        try {
            encoded = Responses.encode(body, header.version(), header.correlationId());
        } catch (RuntimeException e) {
            fail(e);
            return;
        }
        onAnswer.run();
        respond(frame(encoded));
    }

    private static AnswerFrame frame(EncodedMessage message) {
        List<Object> parts = new ArrayList<>();
        message.writeTo(new EncodedMessage.Sink() {
            @Override
            public void bytes(ByteBuffer bytes) {
                parts.add(Unpooled.wrappedBuffer(bytes));
            }

            @Override
            public void records(RecordsPayload records) {
                parts.add(
                        records instanceof FileRecords file ? file.region() : Unpooled.wrappedBuffer(records.buffer()));
            }
        });
        return AnswerFrame.of(parts);
    }
}
