package io.tailrace.agent.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.agent.inspect.CheckReport.Finding;
import io.tailrace.client.ClientException;
import io.tailrace.client.ClusterAdmin;
import io.tailrace.client.ClusterDescription;
import io.tailrace.client.ConfigEntry;
import io.tailrace.client.TopicDescription;
import io.tailrace.protocol.ErrorCode;
import java.lang.reflect.Proxy;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class BrokerCheckTest {
    private final Map<String, TopicDescription> topics = new HashMap<>();
    private String createsTopics = "false";
    private String bytesMax = "1048588";

    /** A cluster of one broker; whatever else is asked of it fails. */
    private final ClusterAdmin admin = (ClusterAdmin) Proxy.newProxyInstance(
            ClusterAdmin.class.getClassLoader(),
            new Class<?>[] {ClusterAdmin.class},
            (proxy, method, arguments) -> switch (method.getName()) {
                case "cluster" ->
                    new ClusterDescription(
                            "c",
                            OptionalInt.of(1),
                            List.of(new ClusterDescription.Node(1, "b1", 9092, Optional.empty())));
                case "brokerConfig" -> List.of(new ConfigEntry("auto.create.topics.enable", createsTopics, true));
                case "describe" -> described((Collection<?>) arguments[0]);
                case "topicConfig" ->
                    List.of(
                            new ConfigEntry("max.message.bytes", bytesMax, true),
                            new ConfigEntry("message.timestamp.after.max.ms", "3600000", true));
                default -> throw new IllegalStateException(method.getName());
            });

    private final BrokerCheck check = new BrokerCheck(admin, "b1:9092", new BrokerCheck.Limits(262_144, 3_600_000));

    private Map<String, TopicDescription> described(Collection<?> names) {
        for (Object name : names) {
            if (!topics.containsKey(String.valueOf(name))) {
                throw new ClientException(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "topic " + name + " does not exist");
            }
        }
        return topics;
    }

    private void create(String topic, OptionalInt leader) {
        topics.put(
                topic,
                new TopicDescription(
                        topic,
                        Optional.empty(),
                        false,
                        List.of(new TopicDescription.Partition(0, leader, 0, List.of(1), List.of(1), List.of()))));
    }

    @Test
    void topicThatDoesNotExistIsAFailureUnlessItIsCreated() {
        String create = "tailrace topics create --bootstrap-server b1:9092 --topic web";
        assertThat(check.cluster()).containsExactly(Finding.ok("brokers", "a cluster of 1 answers at b1:9092"));
        assertThat(check.topic("web", false)).containsExactly(Finding.fail("topic web", "does not exist: " + create));
        assertThat(check.topic("web", true))
                .containsExactly(Finding.ok("topic web", "does not exist yet: the agent creates it"));
        createsTopics = "true";
        check.cluster();
        assertThat(check.topic("web", false))
                .containsExactly(Finding.warn(
                        "topic web",
                        "does not exist: brokers create it with their defaults; for other ones: " + create));
    }

    @Test
    void topicThatCannotTakeWhatIsSentIsNamed() {
        create("web", OptionalInt.of(1));
        assertThat(check.topic("web", false)).containsExactly(Finding.ok("topic web", "1 partitions"));
        bytesMax = "10000";
        assertThat(check.topic("web", false)).singleElement().satisfies(finding -> assertThat(finding.text())
                .startsWith("max.message.bytes=10000: "));
        create("web", OptionalInt.empty());
        assertThat(check.topic("web", false))
                .contains(Finding.fail("topic web", "1 of 1 partitions have no leader: start their brokers"));
    }
}
