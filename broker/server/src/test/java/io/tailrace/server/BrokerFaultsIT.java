package io.tailrace.server;

import static io.tailrace.server.Batches.batch;
import static io.tailrace.server.Batches.bytes;
import static io.tailrace.server.Batches.fetch;
import static io.tailrace.server.Batches.only;
import static io.tailrace.server.Batches.produce;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.CreateTopicsRequest;
import io.tailrace.protocol.message.CreateTopicsResponse;
import io.tailrace.protocol.message.DescribeLogDirsRequest;
import io.tailrace.protocol.message.DescribeLogDirsResponse;
import io.tailrace.protocol.message.FetchResponse;
import io.tailrace.protocol.message.MetadataRequest;
import io.tailrace.protocol.message.MetadataResponse;
import io.tailrace.protocol.message.ProduceResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryOneTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What clients see when a broker's disk fails or fills up, its session ends, or it misses a deletion. */
class BrokerFaultsIT {
    private static final int ACKS_ALL = -1;
    private static final int TIMEOUT_MS = 60_000;

    @Test
    void failedLogDirectoryTakesItsOwnPartitionsOfflineOnly(@TempDir Path directory) throws Exception {
        Path first = directory.resolve("first");
        Path second = directory.resolve("second");
        BrokerFixture fixture = new BrokerFixture(
                directory,
                Map.of("log.dirs", first + "," + second, "replica.high.watermark.checkpoint.interval.ms", "50"));
        try (RawClient client = new RawClient(fixture.port())) {
            create(client, "one");
            create(client, "two");
            assertThat(append(client, "one")).isEqualTo(ErrorCode.NONE);
            Path failing = Files.exists(first.resolve("one-0")) ? first : second;
            assertThat(failing.resolve("two-0")).doesNotExist();

            Files.move(failing, directory.resolve("gone"));

            await().untilAsserted(() -> assertThat(read(client, "one")).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR));
            assertThat(append(client, "one")).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
            assertThat(append(client, "two")).isEqualTo(ErrorCode.NONE);
            assertThat(read(client, "two")).isEqualTo(ErrorCode.NONE);
            DescribeLogDirsResponse described =
                    client.call(new DescribeLogDirsRequest(null), DescribeLogDirsResponse.class);
            for (DescribeLogDirsResponse.Result told : described.results()) {
                boolean failed = told.logDir().equals(failing.toString());
                assertThat(told.errorCode()).isEqualTo(failed ? ErrorCode.KAFKA_STORAGE_ERROR : ErrorCode.NONE);
                assertThat(told.topics())
                        .extracting(DescribeLogDirsResponse.Topic::name)
                        .isEqualTo(failed ? List.of() : List.of("two"));
            }
        }
        Path working = Files.exists(first) ? first : second;
        fixture.close();
        assertThat(working.resolve(".kafka_cleanshutdown")).exists();
        assertThat(directory.resolve("gone/.kafka_cleanshutdown")).doesNotExist();
    }

    @Test
    void nearlyFullDiskRefusesProduceAndServesReads(@TempDir Path directory) throws Exception {
        try (BrokerFixture fixture = new BrokerFixture(directory, Map.of())) {
            try (RawClient client = new RawClient(fixture.port())) {
                create(client, "web");
                assertThat(append(client, "web")).isEqualTo(ErrorCode.NONE);
            }
            fixture.restart(Map.of("log.dir.free.bytes.min", String.valueOf(1L << 60)));
            try (RawClient client = new RawClient(fixture.port())) {
                assertThat(append(client, "web")).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
                assertThat(bytes(client.call(fetch("web", 0, 0, 1, 1000), FetchResponse.class)))
                        .isPositive();
            }
        }
    }

    @Test
    void brokerWithoutASessionServesOnlyCommittedRecordsUntilItIsRegisteredAgain(@TempDir Path directory)
            throws Exception {
        try (BrokerFixture fixture = new BrokerFixture(directory, Map.of("zookeeper.session.timeout.ms", "10000"));
                RawClient client = new RawClient(fixture.port())) {
            create(client, "web");
            assertThat(append(client, "web")).isEqualTo(ErrorCode.NONE);

            fixture.zooKeeper().stop();
            await().untilAsserted(() -> assertThat(read(client, "web", 1)).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER));
            assertThat(append(client, "web")).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER);
            assertThat(bytes(client.call(fetch("web", 0, 0, 1, 1000), FetchResponse.class)))
                    .as("the committed record")
                    .isPositive();
            assertThat(brokers(client)).as("no other broker could be asked").hasSize(1);

            fixture.zooKeeper().restart();
            await().untilAsserted(() -> assertThat(read(client, "web", 1)).isEqualTo(ErrorCode.NONE));
            ProduceResponse answer =
                    client.call(produce("web", ACKS_ALL, TIMEOUT_MS, batch("b")), ProduceResponse.class);
            assertThat(only(answer).errorCode()).isEqualTo(ErrorCode.NONE);
            assertThat(only(answer).baseOffset()).isEqualTo(1);
            assertThat(brokers(client)).hasSize(1);
        }
    }

    @Test
    void topicRecreatedWhileTheBrokerWasDownDoesNotHaveTheOldRecords(@TempDir Path directory) throws Exception {
        try (BrokerFixture fixture = new BrokerFixture(directory, Map.of())) {
            try (RawClient client = new RawClient(fixture.port())) {
                create(client, "web");
                assertThat(append(client, "web")).isEqualTo(ErrorCode.NONE);
            }
            fixture.stop();
            recreate("web", fixture.zooKeeper().getConnectString());
            fixture.start();
            try (RawClient client = new RawClient(fixture.port())) {
                await().untilAsserted(() -> assertThat(read(client, "web")).isEqualTo(ErrorCode.NONE));
                FetchResponse.Partition found = only(client.call(fetch("web", 0, 0, 1, 1000), FetchResponse.class));
                assertThat(found.highWatermark()).isZero();
                assertThat(append(client, "web")).isEqualTo(ErrorCode.NONE);
            }
        }
    }

    /** The state that another broker's deletion and creation leave in ZooKeeper. */
    private static void recreate(String topic, String connect) throws Exception {
        try (CuratorFramework curator = CuratorFrameworkFactory.newClient(connect, new RetryOneTime(100))) {
            curator.start();
            String path = "/brokers/topics/" + topic;
            String node = new String(curator.getData().forPath(path), StandardCharsets.UTF_8);
            String anotherId = Base64.getUrlEncoder().withoutPadding().encodeToString(new byte[16]);
            String anew = node.replaceFirst("\"topic_id\":\"[^\"]+\"", "\"topic_id\":\"" + anotherId + "\"");
            assertThat(anew).isNotEqualTo(node);
            curator.delete().deletingChildrenIfNeeded().forPath(path + "/partitions");
            curator.setData().forPath(path, anew.getBytes(StandardCharsets.UTF_8));
        }
    }

    private static ErrorCode append(RawClient client, String topic) throws IOException {
        return only(client.call(produce(topic, ACKS_ALL, TIMEOUT_MS, batch("a")), ProduceResponse.class))
                .errorCode();
    }

    private static ErrorCode read(RawClient client, String topic) throws IOException {
        return read(client, topic, 0);
    }

    private static ErrorCode read(RawClient client, String topic, long offset) throws IOException {
        return only(client.call(fetch(topic, offset, 0, 1, 1000), FetchResponse.class))
                .errorCode();
    }

    private static List<MetadataResponse.Broker> brokers(RawClient client) throws IOException {
        return client.call(new MetadataRequest(List.of(), false, false, false), MetadataResponse.class)
                .brokers();
    }

    private static void create(RawClient client, String topic) throws IOException {
        CreateTopicsRequest.Topic wanted = new CreateTopicsRequest.Topic(topic, 1, (short) 1, List.of(), List.of());
        CreateTopicsResponse answer =
                client.call(new CreateTopicsRequest(List.of(wanted), TIMEOUT_MS, false), CreateTopicsResponse.class);
        assertThat(answer.topics())
                .allSatisfy(each -> assertThat(each.errorCode()).isEqualTo(ErrorCode.NONE));
    }
}
