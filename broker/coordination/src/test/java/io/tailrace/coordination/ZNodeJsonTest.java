package io.tailrace.coordination;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.cluster.Broker;
import io.tailrace.replication.cluster.Endpoint;
import io.tailrace.replication.cluster.Incarnation;
import io.tailrace.replication.cluster.PartitionAssignment;
import io.tailrace.replication.cluster.PartitionState;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ZNodeJsonTest {

    @Test
    void aStateIsWrittenAsKafkasWithOurFieldsAppended() throws Exception {
        PartitionState state =
                new PartitionState(2, 5, List.of(new Incarnation(2, 20)), List.of(new Incarnation(3, 30)), 2, 7, 11);
        byte[] json = PartitionStateJson.write(state);
        assertThat(json)
                .asString(UTF_8)
                .isEqualTo("{'version':1,'controller_epoch':7,'leader':2,'leader_epoch':5,'isr':[2],".replace('\'', '"')
                        + ("'isr_broker_epochs':[20],'last_standing':[3],'last_standing_broker_epochs':[30],"
                                        + "'last_leader':2}")
                                .replace('\'', '"'));
        assertThat(PartitionStateJson.read(json, 11)).isEqualTo(state);
    }

    @Test
    void aStateWrittenByKafkaIsRead() throws Exception {
        byte[] json =
                "{\"controller_epoch\":1,\"leader\":1,\"version\":1,\"leader_epoch\":3,\"isr\":[1,2]}".getBytes(UTF_8);
        PartitionState state = PartitionStateJson.read(json, 4);
        assertThat(state.isrIds()).containsExactly(1, 2);
        assertThat(state.isr()).allMatch(m -> m.brokerEpoch() == Broker.NONE);
        assertThat(state.lastLeader()).isEqualTo(1);
    }

    @Test
    void aTopicIsWrittenAsKafkas() throws Exception {
        TopicNode topic = new TopicNode(
                new UUID(0, 1),
                List.of(
                        PartitionAssignment.of(List.of(1, 2)),
                        new PartitionAssignment(List.of(1, 2, 3), List.of(3), List.of(1))));
        byte[] json = topic.toJson();
        assertThat(json)
                .asString(UTF_8)
                .isEqualTo("{'version':3,'topic_id':'AAAAAAAAAAAAAAAAAAAAAQ','partitions':{'0':[1,2],'1':[1,2,3]},"
                                .replace('\'', '"')
                        + "'adding_replicas':{'1':[3]},'removing_replicas':{'1':[1]}}".replace('\'', '"'));
        assertThat(TopicNode.parse(json)).isEqualTo(topic);
    }

    @Test
    void aBrokerIsReadAsWritten() throws Exception {
        Broker broker = new Broker(
                3,
                77,
                55,
                "rack-a",
                List.of(new Endpoint("PLAINTEXT", "10.0.0.1", 9092), new Endpoint("V6", "::1", 9093)),
                true,
                Set.of(new TopicPartition("web", 0), new TopicPartition("web", 7), new TopicPartition("logs", 1)));
        byte[] json = BrokerJson.write(broker, "disks", 1_000);
        assertThat(BrokerJson.read(3, json, 77)).isEqualTo(broker);
        assertThat(BrokerJson.owner(json)).isEqualTo("disks");
        assertThat(json)
                .asString(UTF_8)
                .contains("\"host\":\"10.0.0.1\",\"port\":9092")
                .contains("V6://[::1]:9093");
    }

    @Test
    void configsAreReadAsWritten() throws Exception {
        Map<String, String> config = Map.of("retention.ms", "1000", "cleanup.policy", "compact");
        assertThat(ZNodeJson.config(ZNodeJson.config(config))).isEqualTo(config);
    }

    @Test
    void missingAndMalformedFieldsAreNamed() {
        assertThatThrownBy(() -> PartitionStateJson.read("{\"leader\":1}".getBytes(UTF_8), 0))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("'leader_epoch' is missing");
        assertThatThrownBy(() -> ZNodeJson.config("[]".getBytes(UTF_8)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("expected a JSON object");
        assertThatThrownBy(() -> BrokerJson.read(1, "{\"endpoints\":[\"nonsense\"]}".getBytes(UTF_8), 1))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("LISTENER://host:port");
    }
}
