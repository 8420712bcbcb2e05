package io.tailrace.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tailrace.coordination.BrokerConfigs;
import io.tailrace.coordination.GroupConfigs;
import io.tailrace.coordination.ProducerIdBlocks;
import io.tailrace.coordination.TopicStore;
import io.tailrace.coordination.ZooKeeperConfig;
import io.tailrace.coordination.ZooKeeperSession;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.CreateTopicsRequest;
import io.tailrace.protocol.message.CreateTopicsResponse;
import io.tailrace.protocol.message.DeleteTopicsRequest;
import io.tailrace.protocol.message.DeleteTopicsResponse;
import io.tailrace.protocol.message.DescribeConfigsRequest;
import io.tailrace.protocol.message.DescribeConfigsResponse;
import io.tailrace.protocol.message.IncrementalAlterConfigsRequest;
import io.tailrace.protocol.message.IncrementalAlterConfigsResponse;
import io.tailrace.protocol.message.InitProducerIdRequest;
import io.tailrace.protocol.message.InitProducerIdResponse;
import io.tailrace.replication.cluster.Broker;
import io.tailrace.replication.cluster.ClusterImage;
import io.tailrace.replication.cluster.Endpoint;
import io.tailrace.replication.cluster.Incarnation;
import io.tailrace.replication.cluster.PartitionAssignment;
import io.tailrace.replication.cluster.PartitionImage;
import io.tailrace.replication.cluster.PartitionState;
import io.tailrace.replication.cluster.TopicImage;
import io.tailrace.server.RawClient;
import io.tailrace.server.cluster.ClusterView;
import io.tailrace.server.config.BrokerConfig;
import io.tailrace.server.config.TopicCreationConfig;
import io.tailrace.server.shard.ShardHosts;
import io.tailrace.server.transaction.TransactionCoordinator;
import io.tailrace.server.transaction.TransactionShards;
import io.tailrace.transactions.TransactionsShard;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.curator.test.TestingServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Requests that change the cluster, through a real ZooKeeper, on a broker whose image shows a change only when a test does. */
class ClusterChangesIT {
    private static final int BROKER = 1;
    private static final int THREADS = 2;

    private final ClusterView view = new ClusterView(BROKER, () -> true);
    private final BlockingCalls blocking = new BlockingCalls(THREADS);
    private final List<RawClient> clients = new ArrayList<>();
    private TestingServer zooKeeper;
    private ZooKeeperSession session;
    private TopicStore store;
    private ApiServer server;

    @BeforeEach
    void start() throws Exception {
        zooKeeper = new TestingServer();
        session = ZooKeeperSession.open(ZooKeeperConfig.of(zooKeeper.getConnectString()));
        view.show(image(Set.of()));
        store = new TopicStore(session, view);
        BrokerConfig config = BrokerConfig.of(Map.of("broker.id", "1", "offsets.topic.num.partitions", "1"));
        TopicChanges topics = new TopicChanges(
                store,
                view,
                new TopicCreationConfig(1, 1, true, true),
                new InternalTopics(config.groups(), config.transactions()),
                System::nanoTime);
        ConfigChanges configs = new ConfigChanges(
                new ConfigChanges.Stores(store, new BrokerConfigs(session), new GroupConfigs(session)),
                view,
                config,
                System::nanoTime);
        server = new ApiServer(
                new CreateTopicsHandler(topics, config.topicDefaults(), blocking),
                new DeleteTopicsHandler(topics, view, blocking),
                new IncrementalAlterConfigsHandler(configs, blocking),
                initProducerId(config));
    }

    private InitProducerIdHandler initProducerId(BrokerConfig config) {
        ProducerIdBlocks ids = new ProducerIdBlocks(session, BROKER);
        ShardHosts<TransactionsShard> none =
                new ShardHosts<>(new TransactionShards(config.transactions()), partition -> {
                    throw new AssertionError("this broker leads " + partition);
                });
        TransactionCoordinator transactions = new TransactionCoordinator(() -> 1, none);
        return new InitProducerIdHandler(ids, blocking, new ProducerOperations(transactions, ids, blocking));
    }

    @AfterEach
    void stop() throws Exception {
        for (RawClient client : clients) {
            client.close();
        }
        server.close();
        blocking.close();
        session.close();
        zooKeeper.close();
    }

    private RawClient connect() throws Exception {
        RawClient client = server.connect();
        clients.add(client);
        return client;
    }

    private static ClusterImage image(Collection<String> topics) {
        SortedMap<String, TopicImage> led = new TreeMap<>();
        PartitionState state =
                new PartitionState(BROKER, 0, List.of(new Incarnation(BROKER, 100)), List.of(), BROKER, 1, 0);
        for (String topic : topics) {
            PartitionImage partition = new PartitionImage(PartitionAssignment.of(List.of(BROKER)), state);
            led.put(topic, new TopicImage(topic, new UUID(0, 1 + led.size()), List.of(partition), Map.of()));
        }
        Broker broker = new Broker(
                BROKER, 100, Broker.NONE, null, List.of(new Endpoint("PLAINTEXT", "127.0.0.1", 9092)), false, Set.of());
        return new ClusterImage("c", new TreeMap<>(Map.of(BROKER, broker)), led, Set.of(), BROKER);
    }

    private static CreateTopicsRequest.Topic topic(String name, int partitions, int replicationFactor) {
        return new CreateTopicsRequest.Topic(name, partitions, (short) replicationFactor, List.of(), List.of());
    }

    @Test
    void fiftyCreationsThatWaitForLeadersHoldNoThread() throws Exception {
        List<RawClient> creating = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            RawClient client = connect();
            client.send(new CreateTopicsRequest(List.of(topic("topic-" + i, 1, 1)), 300_000, false));
            creating.add(client);
        }
        await().until(() -> store.topics().size() == 50);

        InitProducerIdResponse id =
                connect().call(new InitProducerIdRequest(null, 1_000, -1, (short) -1), InitProducerIdResponse.class);
        assertThat(id.errorCode()).isEqualTo(ErrorCode.NONE);

        view.show(image(store.topics()));
        for (RawClient client : creating) {
            CreateTopicsResponse answer = client.receive(CreateTopicsResponse.class);
            assertThat(answer.topics())
                    .extracting(CreateTopicsResponse.Topic::errorCode)
                    .containsOnly(ErrorCode.NONE);
        }
    }

    @Test
    void twoTopicsWithOneIdAreDeletedByNameOnly() throws Exception {
        UUID id = new UUID(5, 5);
        SortedMap<String, TopicImage> twins = new TreeMap<>();
        for (String name : List.of("twin-a", "twin-b")) {
            UUID unused = store.create(name, 1, 1, Map.of());
            twins.put(name, new TopicImage(name, id, List.of(), Map.of()));
        }
        ClusterImage led = image(Set.of());
        view.show(new ClusterImage("c", led.brokers(), twins, Set.of(), BROKER));

        RawClient client = connect();
        DeleteTopicsResponse answer = client.call(
                new DeleteTopicsRequest(
                        List.of(
                                new DeleteTopicsRequest.Topic("twin-a", ClusterAnswers.NO_ID),
                                new DeleteTopicsRequest.Topic(null, id)),
                        List.of(),
                        0),
                DeleteTopicsResponse.class);
        assertThat(answer.responses())
                .extracting(DeleteTopicsResponse.Topic::errorCode)
                .containsExactly(ErrorCode.REQUEST_TIMED_OUT, ErrorCode.UNKNOWN_TOPIC_ID);
    }

    @Test
    void aTopicThatThisBrokerDoesNotShowYetCanBeConfigured() throws Exception {
        UUID unused = store.create("new", 1, 1, Map.of());
        IncrementalAlterConfigsRequest request =
                new IncrementalAlterConfigsRequest(List.of(alteration("new"), alteration("none")), false);
        IncrementalAlterConfigsResponse answer = connect().call(request, IncrementalAlterConfigsResponse.class);

        assertThat(answer.responses())
                .extracting(IncrementalAlterConfigsResponse.Resource::errorCode)
                .containsExactly(ErrorCode.NONE, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        Map<String, String> stored = new TreeMap<>();
        store.configure("new", current -> {
            stored.putAll(current);
            return current;
        });
        assertThat(stored).containsExactly(Map.entry("retention.ms", "60000"));
    }

    private static IncrementalAlterConfigsRequest.Resource alteration(String topic) {
        return new IncrementalAlterConfigsRequest.Resource(
                DescribeConfigsRequest.TOPIC,
                topic,
                List.of(new IncrementalAlterConfigsRequest.Config(
                        "retention.ms", IncrementalAlterConfigsRequest.SET, "60000")));
    }

    @Test
    void anAnswerShowsTheNumbersAndSettingsOfTheTopic() throws Exception {
        CreateTopicsRequest.Topic byDefault = new CreateTopicsRequest.Topic(
                "t", -1, (short) -1, List.of(), List.of(new CreateTopicsRequest.Config("retention.ms", "60000")));
        CreateTopicsRequest request = new CreateTopicsRequest(List.of(byDefault, topic("..", 1, 1)), 0, true);
        List<CreateTopicsResponse.Topic> answers =
                connect().call(request, CreateTopicsResponse.class).topics();

        assertThat(answers.get(0).numPartitions()).isEqualTo(1);
        assertThat(answers.get(0).replicationFactor()).isEqualTo((short) 1);
        assertThat(answers.get(0).configs())
                .contains(
                        new CreateTopicsResponse.Config(
                                "retention.ms", "60000", false, DescribeConfigsResponse.SOURCE_TOPIC, false),
                        new CreateTopicsResponse.Config(
                                "cleanup.policy", "delete", false, DescribeConfigsResponse.SOURCE_DEFAULT, false));
        assertThat(answers.get(1).numPartitions()).isEqualTo(CreateTopicsResponse.UNKNOWN);
        assertThat(answers.get(1).configs()).isEmpty();
    }

    @Test
    void eachImpossibleTopicOfARequestIsRefusedAndTheOthersAreCreated() throws Exception {
        CreateTopicsRequest.Topic unknownBroker = new CreateTopicsRequest.Topic(
                "unknown-broker",
                -1,
                (short) -1,
                List.of(new CreateTopicsRequest.Assignment(0, List.of(7))),
                List.of());
        CreateTopicsRequest.Topic longList = new CreateTopicsRequest.Topic(
                "long-list",
                -1,
                (short) -1,
                List.of(new CreateTopicsRequest.Assignment(
                        0, IntStream.range(0, 50_000).boxed().toList())),
                List.of());
        CreateTopicsRequest.Topic longConfig = new CreateTopicsRequest.Topic(
                "long-config",
                1,
                (short) 1,
                List.of(),
                List.of(new CreateTopicsRequest.Config(
                        "follower.replication.throttled.replicas", "1:1" + ",1:1".repeat(5_000))));
        CreateTopicsRequest request = new CreateTopicsRequest(
                Arrays.asList(
                        topic("x".repeat(249), 1, 1),
                        topic("x".repeat(250), 1, 1),
                        topic("y".repeat(30_000), 1, 1),
                        topic("..", 1, 1),
                        topic("a/b", 1, 1),
                        topic("many-replicas", 1, 32_767),
                        topic("no-replicas", 1, 0),
                        topic("many-partitions", Integer.MAX_VALUE, 1),
                        topic("good", 1, 1),
                        topic("good", 1, 1),
                        topic("most-partitions", 10_000, 1),
                        unknownBroker,
                        longList,
                        longConfig),
                0,
                false);
        CreateTopicsResponse answer = connect().call(request, CreateTopicsResponse.class);

        assertThat(answer.topics())
                .extracting(CreateTopicsResponse.Topic::errorCode)
                .containsExactly(
                        ErrorCode.REQUEST_TIMED_OUT,
                        ErrorCode.INVALID_TOPIC_EXCEPTION,
                        ErrorCode.INVALID_TOPIC_EXCEPTION,
                        ErrorCode.INVALID_TOPIC_EXCEPTION,
                        ErrorCode.INVALID_TOPIC_EXCEPTION,
                        ErrorCode.INVALID_REPLICATION_FACTOR,
                        ErrorCode.INVALID_REPLICATION_FACTOR,
                        ErrorCode.INVALID_PARTITIONS,
                        ErrorCode.REQUEST_TIMED_OUT,
                        ErrorCode.INVALID_REQUEST,
                        ErrorCode.POLICY_VIOLATION,
                        ErrorCode.INVALID_REPLICA_ASSIGNMENT,
                        ErrorCode.INVALID_REPLICA_ASSIGNMENT,
                        ErrorCode.REQUEST_TIMED_OUT);
        assertThat(store.topics()).containsExactlyInAnyOrder("x".repeat(249), "good", "long-config");
    }

    @Test
    void topicsWithTheLongestNamesAreDeletedByNameAndId() throws Exception {
        String byName = "n".repeat(249);
        String byId = "i".repeat(249);
        for (String name : List.of(byName, byId)) {
            UUID unused = store.create(name, 1, 1, Map.of());
        }
        view.show(image(List.of(byName, byId)));
        UUID id = view.get().topic(byId).orElseThrow().id();
        DeleteTopicsRequest request = new DeleteTopicsRequest(
                List.of(
                        new DeleteTopicsRequest.Topic(byName, ClusterAnswers.NO_ID),
                        new DeleteTopicsRequest.Topic(null, id),
                        new DeleteTopicsRequest.Topic(null, new UUID(7, 7)),
                        new DeleteTopicsRequest.Topic("z".repeat(30_000), ClusterAnswers.NO_ID)),
                List.of(),
                0);
        DeleteTopicsResponse answer = connect().call(request, DeleteTopicsResponse.class);
        assertThat(answer.responses().stream()
                        .map(DeleteTopicsResponse.Topic::errorCode)
                        .collect(Collectors.toList()))
                .containsExactly(
                        ErrorCode.REQUEST_TIMED_OUT,
                        ErrorCode.REQUEST_TIMED_OUT,
                        ErrorCode.UNKNOWN_TOPIC_ID,
                        ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    }
}
