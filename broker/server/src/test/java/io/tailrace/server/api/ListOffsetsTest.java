package io.tailrace.server.api;

import static io.tailrace.server.Batches.batch;
import static io.tailrace.server.Batches.produce;
import static io.tailrace.server.partition.TwoReplicas.LEADER_EPOCH;
import static io.tailrace.server.partition.TwoReplicas.TOPIC;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.ListOffsetsRequest;
import io.tailrace.protocol.message.ListOffsetsResponse;
import io.tailrace.protocol.message.ProduceResponse;
import io.tailrace.server.RawClient;
import io.tailrace.server.partition.TwoReplicas;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a new leader answers for the latest offset before it knows what consumers have read. */
class ListOffsetsTest {
    static List<Short> versions() {
        return List.of(
                ApiKey.LIST_OFFSETS.served().min(),
                (short) 4,
                (short) 5,
                ApiKey.LIST_OFFSETS.served().max());
    }

    @ParameterizedTest
    @MethodSource("versions")
    void latestOffsetIsRefusedWithAnErrorThatTheClientKnows(short version, @TempDir Path directory) throws Exception {
        try (TwoReplicas replicas = new TwoReplicas(directory);
                BlockingCalls blocking = new BlockingCalls(1);
                ApiServer server = new ApiServer(
                        new ProduceHandler(replicas.partitions(), ApiServer.NO_TRANSACTIONS, replicas.clocks()),
                        new ListOffsetsHandler(replicas.partitions(), blocking));
                RawClient client = server.connect()) {
            client.call(produce(TOPIC, 1, 60_000, batch("a")), ProduceResponse.class);
            replicas.elect(1, LEADER_EPOCH + 1);

            client.send(
                    new ListOffsetsRequest(
                            -1,
                            (byte) 0,
                            List.of(new ListOffsetsRequest.Topic(
                                    TOPIC,
                                    List.of(new ListOffsetsRequest.Partition(0, -1, ListOffsetsRequest.LATEST))))),
                    version);
            ListOffsetsResponse answer = client.receive(ListOffsetsResponse.class);

            assertThat(answer.topics().get(0).partitions().get(0).errorCode())
                    .isEqualTo(version < 5 ? ErrorCode.LEADER_NOT_AVAILABLE : ErrorCode.OFFSET_NOT_AVAILABLE);
        }
    }
}
