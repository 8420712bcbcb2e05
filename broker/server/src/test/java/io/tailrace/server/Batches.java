package io.tailrace.server;

import io.tailrace.protocol.RecordsPayload;
import io.tailrace.protocol.message.FetchRequest;
import io.tailrace.protocol.message.FetchResponse;
import io.tailrace.protocol.message.ProduceRequest;
import io.tailrace.protocol.message.ProduceResponse;
import io.tailrace.protocol.record.CompressionType;
import io.tailrace.protocol.record.RecordBatch;
import io.tailrace.protocol.record.RecordBatchBuilder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Batches and requests of one partition, in one call each. */
public final class Batches {
    private Batches() {}

    /** A batch with one record for each value. */
    public static ByteBuffer batch(String... values) {
        return builder(values).build();
    }

    /** A batch of an idempotent producer. */
    public static ByteBuffer batch(long producerId, int sequence, String... values) {
        RecordBatchBuilder builder = builder(values);
        builder.producer(producerId, (short) 0, sequence);
        return builder.build();
    }

    /** A batch of a producer's transaction. */
    public static ByteBuffer transactional(long producerId, int epoch, int sequence, String... values) {
        RecordBatchBuilder builder = builder(values);
        builder.producer(producerId, (short) epoch, sequence);
        builder.transactional();
        return builder.build();
    }

    /** A batch as a leader has stamped it. */
    public static ByteBuffer stamped(long offset, int leaderEpoch, String... values) {
        ByteBuffer bytes = batch(values);
        RecordBatch.at(bytes).stamp(offset, leaderEpoch);
        return bytes;
    }

    private static RecordBatchBuilder builder(String... values) {
        RecordBatchBuilder builder = new RecordBatchBuilder(CompressionType.NONE, 1 << 20);
        for (String value : values) {
            builder.append(1000, null, value.getBytes(StandardCharsets.UTF_8), List.of());
        }
        return builder;
    }

    /** Produces a batch to partition 0. */
    public static ProduceRequest produce(String topic, int acks, int timeoutMs, ByteBuffer batch) {
        ProduceRequest.Partition partition = new ProduceRequest.Partition(0, RecordsPayload.of(batch));
        return new ProduceRequest(
                null, (short) acks, timeoutMs, List.of(new ProduceRequest.Topic(topic, List.of(partition))));
    }

    /** Fetches partition 0. */
    public static FetchRequest fetch(String topic, long offset, int maxWaitMs, int minBytes, int maxBytes) {
        FetchRequest.Partition partition = new FetchRequest.Partition(0, -1, offset, -1, -1, maxBytes);
        return new FetchRequest(
                -1, maxWaitMs, minBytes, maxBytes, List.of(new FetchRequest.Topic(topic, List.of(partition))));
    }

    /** The only partition in a response. */
    public static ProduceResponse.Partition only(ProduceResponse response) {
        return response.topics().get(0).partitions().get(0);
    }

    /** The only partition in a response. */
    public static FetchResponse.Partition only(FetchResponse response) {
        return response.topics().get(0).partitions().get(0);
    }

    /** Bytes of records in a response. */
    public static int bytes(FetchResponse response) {
        RecordsPayload records = only(response).records();
        return records == null ? 0 : records.sizeInBytes();
    }
}
