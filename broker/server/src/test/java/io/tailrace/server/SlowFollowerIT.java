package io.tailrace.server;

import static io.tailrace.server.Batches.batch;
import static io.tailrace.server.Batches.fetch;
import static io.tailrace.server.Batches.only;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.FetchResponse;
import io.tailrace.protocol.message.ProduceResponse;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three broker processes, one of which is paused until it leaves the ISR. */
class SlowFollowerIT {
    private static ThreeBrokers brokers;
    private static ReplicatedTopics topics;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        // A paused follower leaves the ISR because it lags, before its session ends.
        brokers = new ThreeBrokers(
                directory, Map.of("replica.lag.time.max.ms", 8_000, "zookeeper.session.timeout.ms", 20_000));
        topics = new ReplicatedTopics(brokers);
    }

    @AfterAll
    static void stop() throws Exception {
        topics.close();
        brokers.close();
    }

    @Test
    void slowFollowerLeavesTheIsrAndRejoins() throws Exception {
        topics.create("slow");
        int leader = topics.leader("slow");
        int slow = leader % 3 + 1;
        brokers.pause(slow);
        try {
            // All in-sync replicas acknowledged it, so the paused one has left the ISR.
            topics.produce("slow", "all", 0, 100);
        } finally {
            brokers.resume(slow);
        }
        topics.awaitInSync("slow", 1, 2, 3);
        topics.awaitSameLogs("slow");
    }

    @Test
    void produceWithTooFewInSyncReplicasFailsBeforeOrAfterTheAppend() throws Exception {
        topics.create("insync", 1, Map.of("min.insync.replicas", "3"));
        int leader = topics.leader("insync");
        int slow = leader % 3 + 1;
        try (RawClient client = new RawClient(brokers.port(leader))) {
            brokers.pause(slow);
            try {
                assertThat(only(client.call(Batches.produce("insync", -1, 60_000, batch("a")), ProduceResponse.class))
                                .errorCode())
                        .isEqualTo(ErrorCode.NOT_ENOUGH_REPLICAS_AFTER_APPEND);
                assertThat(only(client.call(Batches.produce("insync", -1, 60_000, batch("b")), ProduceResponse.class))
                                .errorCode())
                        .isEqualTo(ErrorCode.NOT_ENOUGH_REPLICAS);
                assertThat(only(client.call(fetch("insync", 0, 0, 1, 1_000), FetchResponse.class))
                                .highWatermark())
                        .as("no second replica acknowledged anything")
                        .isZero();
            } finally {
                brokers.resume(slow);
            }
            topics.awaitInSync("insync", 1, 2, 3);
            ProduceResponse.Partition taken =
                    only(client.call(Batches.produce("insync", -1, 60_000, batch("c")), ProduceResponse.class));
            assertThat(taken.errorCode()).isEqualTo(ErrorCode.NONE);
            assertThat(taken.baseOffset())
                    .as("after the record that was appended")
                    .isEqualTo(1);
        }
        topics.awaitSameLogs("insync");
    }
}
