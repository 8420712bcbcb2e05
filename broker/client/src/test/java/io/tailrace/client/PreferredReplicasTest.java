package io.tailrace.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.client.ScriptedNetwork.Asked;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.RecordsPayload;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.message.FetchRequest;
import io.tailrace.protocol.message.FetchResponse;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A consumer in rack east (KIP-392). Broker 1 leads and names broker 2, which is in that rack. */
class PreferredReplicasTest {
    private static final TopicPartition P0 = new TopicPartition("t", 0);

    private final ManualTime time = new ManualTime();
    private final ScriptedNetwork network = new ScriptedNetwork();
    private final FetchingConsumer consumer = start();

    private FetchingConsumer start() {
        network.lead(1, P0);
        ConsumerConfig.Builder config = ConsumerConfig.builder("broker:1").offsetReset(OffsetReset.NONE);
        config.membership().rack("east");
        FetchingConsumer started =
                new FetchingConsumer(config.build(), new ConsumerNetworks(network, network, network), time);
        started.assign(List.of(P0));
        started.seek(P0, 0);
        step(started);
        return started;
    }

    private static void step(FetchingConsumer consumer) {
        for (int i = 0; i < 3; i++) {
            consumer.step();
        }
    }

    @Test
    void consumerNamesItsRackAndReadsFromTheFollowerThatTheLeaderNames() {
        Asked first = askedOf(1);
        assertThat(first.as(FetchRequest.class).rackId()).isEqualTo("east");
        answer(first, read().withPreferredReadReplica(2));
        Asked second = askedOf(2);
        assertThat(second.as(FetchRequest.class).rackId()).isEqualTo("east");
        answer(second, read());
        askedOf(2);
    }

    @ParameterizedTest
    @EnumSource(names = {"OFFSET_NOT_AVAILABLE", "OFFSET_OUT_OF_RANGE", "NOT_LEADER_OR_FOLLOWER", "CORRUPT_MESSAGE"})
    void consumerReturnsToTheLeaderWhenTheFollowerRefuses(ErrorCode error) {
        answer(askedOf(1), read().withPreferredReadReplica(2));
        answer(askedOf(2), FetchResponse.Partition.refused(0, error));
        time.advanceMs(1_000);
        step(consumer);
        askedOf(1);
        assertThat(consumer.position(P0)).as("only a leader moves it").isZero();
    }

    @Test
    void consumerReturnsToTheLeaderWhenTheFollowerCannotBeReached() {
        answer(askedOf(1), read().withPreferredReadReplica(2));
        askedOf(2).fail(ErrorCode.NETWORK_EXCEPTION);
        step(consumer);
        time.advanceMs(1_000);
        step(consumer);
        askedOf(1);
    }

    @Test
    void consumerAsksTheLeaderAgainAfterAWhile() {
        answer(askedOf(1), read().withPreferredReadReplica(2));
        Asked second = askedOf(2);
        time.advanceMs(ConsumerConfig.of("broker:1").client().metadataMaxAgeMs() + 1L);
        answer(second, read());
        askedOf(1);
    }

    @Test
    void followerThatIsNotKnownIsLookedUpBeforeTheLeaderIsAskedAgain() {
        int before = network.metadataRequests().size();
        answer(askedOf(1), read().withPreferredReadReplica(7));
        assertThat(network.asked()).isEmpty();
        time.advanceMs(1_000);
        step(consumer);
        assertThat(network.metadataRequests()).hasSize(before + 1);
        askedOf(1);
    }

    /** The only request that waits, which this broker was sent. */
    private Asked askedOf(int broker) {
        Asked only = network.only();
        assertThat(only.broker()).isEqualTo(ScriptedNetwork.address(broker));
        return only;
    }

    private static FetchResponse.Partition read() {
        return FetchResponse.Partition.read(0, 100, 0, RecordsPayload.EMPTY);
    }

    private void answer(Asked asked, FetchResponse.Partition partition) {
        asked.answer(new FetchResponse(List.of(new FetchResponse.Topic("t", List.of(partition)))));
        step(consumer);
    }
}
