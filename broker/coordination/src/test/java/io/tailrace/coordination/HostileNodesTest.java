package io.tailrace.coordination;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.tailrace.coordination.TreeFollower.Node;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.cluster.Broker;
import io.tailrace.replication.cluster.ClusterImage;
import io.tailrace.replication.cluster.Endpoint;
import io.tailrace.replication.cluster.PartitionAssignment;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Nodes that another tool wrote, and no broker would have: each costs only itself. */
class HostileNodesTest {
    private static final List<String> CONTENTS = List.of(
            "",
            "{",
            "[]",
            "{}",
            "null",
            "7",
            "{\"partitions\":7,\"topic_id\":7,\"endpoints\":7,\"config\":7,\"brokerid\":{},\"id\":{}}",
            "{\"partitions\":{\"0\":[]},\"topic_id\":\"AAAAAAAAAAAAAAAAAAAAAQ\",\"endpoints\":[],\"config\":{\"a\":{}}}",
            "{\"partitions\":{\"0\":{\"a\":1}},\"topic_id\":\"AAAAAAAAAAAAAAAAAAAAAQ\",\"endpoints\":[{}]}",
            "{\"partitions\":{\"7\":[1]},\"topic_id\":\"AAAAAAAAAAAAAAAAAAAAAQ\",\"endpoints\":[\"A://b:99999\"]}",
            "{\"endpoints\":[\"A://b:1\"],\"offline_partitions\":{\"web\":[-1]}}",
            "{\"leader\":1,\"leader_epoch\":0,\"controller_epoch\":1,\"isr\":{\"a\":1}}",
            "{\"leader\":1,\"leader_epoch\":0,\"controller_epoch\":1,\"isr\":[2]}",
            "{\"leader\":1,\"leader_epoch\":{},\"controller_epoch\":[],\"isr\":\"1\",\"last_standing\":{\"a\":1}}",
            "{\"leader\":1,\"leader_epoch\":1e999,\"controller_epoch\":1,\"isr\":[1]}",
            "[".repeat(100_000));

    private final Map<String, Node> nodes = new HashMap<>();
    private final ImageBuilder builder = new ImageBuilder();

    /** It logs each of the contents. */
    private final Logger log = (Logger) LoggerFactory.getLogger(ImageBuilder.class);

    @AfterEach
    void logAgain() {
        log.setLevel(null);
    }

    @BeforeEach
    void addTopicAndBroker() {
        log.setLevel(Level.OFF);
        put(ZNodes.topic("web"), new TopicNode(new UUID(0, 1), List.of(PartitionAssignment.of(List.of(1)))).toJson());
        Broker broker = new Broker(1, 0, 0, null, List.of(new Endpoint("A", "b", 1)), false, Set.of());
        put(ZNodes.broker(1), BrokerJson.write(broker, "disks", 0));
        ClusterImage unused = builder.build(nodes, nodes.keySet());
    }

    private void put(String path, byte[] data) {
        nodes.put(path, new Node(data, 1, 0));
    }

    private ClusterImage imageWith(String path, byte[] data) {
        put(path, data);
        ClusterImage image = builder.build(nodes, Set.of(path));
        assertThat(image.topics()).as(path).containsKey("web");
        assertThat(image.brokers()).as(path).containsKey(1);
        return image;
    }

    @Test
    void unreadableContentsAreIgnored() {
        List<String> paths = List.of(
                ZNodes.topic("web"),
                ZNodes.topic("other"),
                ZNodes.state(new TopicPartition("web", 0)),
                ZNodes.state(new TopicPartition("web", 999_999_999)),
                ZNodes.config("web"),
                ZNodes.broker(1),
                ZNodes.broker(2),
                ZNodes.BROKER_IDS + "/-1",
                ZNodes.BROKER_IDS + "/x",
                ZNodes.brokerConfig("1"),
                ZNodes.CONTROLLER,
                ZNodes.CLUSTER_ID);
        for (String path : paths) {
            for (String content : CONTENTS) {
                ClusterImage unused = imageWith(path, content.getBytes(UTF_8));
            }
        }
    }

    @Test
    void topicsThatNoDirectoryCanBeNamedAfterAreIgnored() {
        byte[] topic = new TopicNode(new UUID(0, 2), List.of(PartitionAssignment.of(List.of(1)))).toJson();
        for (String name : List.of("x".repeat(250), "a b", "ä", "$")) {
            assertThat(imageWith(ZNodes.topic(name), topic).topics()).containsOnlyKeys("web");
        }
        assertThat(builder.unreadableTopics()).hasSize(4);
        assertThat(imageWith(ZNodes.topic("x".repeat(249)), topic).topics()).hasSize(2);
    }

    @Test
    void topicsWithTooManyPartitionsAreIgnored() {
        int count = TopicNames.PARTITIONS_MAX;
        PartitionAssignment replicas = PartitionAssignment.of(List.of(1));
        byte[] most = new TopicNode(new UUID(0, 2), Collections.nCopies(count, replicas)).toJson();
        byte[] tooMany = new TopicNode(new UUID(0, 3), Collections.nCopies(count + 1, replicas)).toJson();
        assertThat(imageWith(ZNodes.topic("most"), most).topics()).containsOnlyKeys("most", "web");
        assertThat(imageWith(ZNodes.topic("more"), tooMany).topics()).containsOnlyKeys("most", "web");
    }

    @Test
    void theLongestNameWithTheHighestPartitionIsAFileName() {
        TopicPartition longest = new TopicPartition("x".repeat(TopicNames.LENGTH_MAX), TopicNames.PARTITIONS_MAX - 1);
        assertThat(TopicNames.isValid(longest.topic())).isTrue();
        assertThat(longest.toString().getBytes(UTF_8)).hasSizeLessThanOrEqualTo(255);
    }
}
