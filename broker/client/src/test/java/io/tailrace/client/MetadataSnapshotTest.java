package io.tailrace.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.message.MetadataResponse;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class MetadataSnapshotTest {
    private static final TopicPartition PARTITION = new TopicPartition("t", 0);
    private static final UUID FORMER = new UUID(1, 1);
    private static final UUID NEW = new UUID(1, 2);

    @Test
    void topicThatWasCreatedAgainStaysThoughABrokerHasNotHeardOfIt() {
        MetadataSnapshot snapshot =
                MetadataSnapshot.EMPTY.updated(answer(FORMER, 7)).updated(answer(NEW, 0));

        MetadataSnapshot later = snapshot.updated(answer(FORMER, 7));

        assertThat(Objects.requireNonNull(later.topics().get("t")).id()).isEqualTo(NEW);
        assertThat(Objects.requireNonNull(later.leader(PARTITION)).epoch()).isZero();
    }

    private static MetadataResponse answer(UUID id, int epoch) {
        MetadataResponse.Partition partition =
                new MetadataResponse.Partition(ErrorCode.NONE, 0, 1, epoch, List.of(1), List.of(1), List.of());
        return new MetadataResponse(
                0,
                List.of(new MetadataResponse.Broker(1, "broker", 1, null)),
                "cluster",
                1,
                List.of(new MetadataResponse.Topic(
                        ErrorCode.NONE, "t", id, false, List.of(partition), Integer.MIN_VALUE)),
                Integer.MIN_VALUE);
    }
}
