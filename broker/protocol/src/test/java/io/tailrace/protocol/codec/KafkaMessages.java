package io.tailrace.protocol.codec;

import java.nio.ByteBuffer;
import org.apache.kafka.common.message.ApiMessageType;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.protocol.types.Schema;
import org.jspecify.annotations.Nullable;

/** Apache Kafka's encoding and decoding of messages, in all versions served here. */
record KafkaMessages(Kind kind) {

    /** A frame decoded by Kafka. */
    record Frame(ApiMessage header, ApiMessage body) {}

    Frame decode(ByteBuffer frame) {
        ByteBufferAccessor in = new ByteBufferAccessor(frame.duplicate());
        ApiMessage header = kind.request() ? new RequestHeaderData() : new ResponseHeaderData();
        header.read(in, headerVersion());
        ApiMessage body = kind.request() ? type().newRequest() : type().newResponse();
        body.read(in, kind.version());
        if (in.remaining() != 0) {
            throw new AssertionError(kind + ": Kafka leaves " + in.remaining() + " bytes unread");
        }
        return new Frame(header, body);
    }

    ByteBuffer encode(Frame frame) {
        ByteBuffer header =
                MessageUtil.toByteBufferAccessor(frame.header, headerVersion()).buffer();
        ByteBuffer body =
                MessageUtil.toByteBufferAccessor(frame.body, kind.version()).buffer();
        return ByteBuffer.allocate(header.remaining() + body.remaining())
                .put(header)
                .put(body)
                .flip();
    }

    /** A frame with a body that Kafka decodes. */
    Frame frame(ByteBuffer bodyBytes, int correlationId, @Nullable String clientId) {
        ApiMessage header = kind.request()
                ? new RequestHeaderData()
                        .setRequestApiKey(kind.api().number())
                        .setRequestApiVersion(kind.version())
                        .setCorrelationId(correlationId)
                        .setClientId(clientId)
                : new ResponseHeaderData().setCorrelationId(correlationId);
        ApiMessage body = kind.request() ? type().newRequest() : type().newResponse();
        body.read(new ByteBufferAccessor(bodyBytes), kind.version());
        return new Frame(header, body);
    }

    /** Kafka's schema of the body. */
    Schema schema() {
        return (kind.request() ? type().requestSchemas() : type().responseSchemas())[kind.version()];
    }

    private short headerVersion() {
        return kind.request()
                ? type().requestHeaderVersion(kind.version())
                : type().responseHeaderVersion(kind.version());
    }

    private ApiMessageType type() {
        return ApiMessageType.fromApiKey(kind.api().number());
    }
}
