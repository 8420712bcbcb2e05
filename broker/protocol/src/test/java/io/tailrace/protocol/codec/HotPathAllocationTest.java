package io.tailrace.protocol.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.RecordsPayload;
import io.tailrace.protocol.message.FetchRequest;
import io.tailrace.protocol.message.FetchResponse;
import io.tailrace.protocol.message.ProduceRequest;
import io.tailrace.protocol.message.ProduceResponse;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Limits the memory allocated per partition, without records. The limits are about twice the measured values: they
 * catch boxed numbers or copied records.
 */
class HotPathAllocationTest {
    private static final int PARTITIONS = 100;
    private static final int ROUNDS = 200;
    private static final RecordsPayload RECORDS = RecordsPayload.of(ByteBuffer.allocate(16 << 10));

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @Test
    void decodesProduceRequests() {
        Kind kind = new Kind(ApiKey.PRODUCE, true, (short) 9);
        ByteBuffer frame = kind.encode(
                new ProduceRequest(
                        null,
                        (short) -1,
                        30_000,
                        List.of(new ProduceRequest.Topic(
                                "access-log", partitions(i -> new ProduceRequest.Partition(i, RECORDS))))),
                1,
                "client");

        assertThat(bytesPerPartition(() -> Requests.decode(frame))).isLessThan(330);
    }

    @Test
    void encodesProduceResponses() {
        ProduceResponse response = new ProduceResponse(
                List.of(new ProduceResponse.Topic(
                        "access-log", partitions(i -> ProduceResponse.Partition.appended(i, 1_000, -1, 0)))),
                0);

        assertThat(bytesPerPartition(() -> Responses.encode(response, (short) 9, 1)))
                .isLessThan(230);
    }

    @Test
    void decodesFetchRequests() {
        Kind kind = new Kind(ApiKey.FETCH, true, (short) 12);
        ByteBuffer frame = kind.encode(
                new FetchRequest(
                        -1,
                        500,
                        1,
                        1 << 25,
                        List.of(new FetchRequest.Topic(
                                "access-log",
                                partitions(i -> new FetchRequest.Partition(i, 3, 1_000, -1, -1, 1 << 20))))),
                1,
                "client");

        assertThat(bytesPerPartition(() -> Requests.decode(frame))).isLessThan(120);
    }

    @Test
    void encodesFetchResponses() {
        FetchResponse response = new FetchResponse(List.of(new FetchResponse.Topic(
                "access-log", partitions(i -> FetchResponse.Partition.read(i, 2_000, 0, RECORDS)))));

        assertThat(bytesPerPartition(() -> Responses.encode(response, (short) 12, 1)))
                .isLessThan(220);
    }

    private static <T> List<T> partitions(IntFunction<T> partition) {
        return IntStream.range(0, PARTITIONS).mapToObj(partition).toList();
    }

    private long bytesPerPartition(Runnable message) {
        long before = 0;
        for (int round = -ROUNDS; round < ROUNDS; round++) {
            if (round == 0) {
                before = threads.getCurrentThreadAllocatedBytes();
            }
            message.run();
        }
        return (threads.getCurrentThreadAllocatedBytes() - before) / ROUNDS / PARTITIONS;
    }
}
