package io.tailrace.coordination;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tailrace.replication.cluster.Broker;
import io.tailrace.replication.cluster.Incarnation;
import io.tailrace.replication.cluster.PartitionState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The content of {@code /brokers/topics/T/partitions/P/state}: Kafka's fields, and ours beside them. */
final class PartitionStateJson {
    private PartitionStateJson() {}

    static byte[] write(PartitionState state) {
        ObjectNode json = Json.create(1);
        json.put("controller_epoch", state.controllerEpoch());
        json.put("leader", state.leader());
        json.put("leader_epoch", state.leaderEpoch());
        json.set("isr", Json.array(state.isrIds()));
        json.set("isr_broker_epochs", epochs(state.isr()));
        json.set(
                "last_standing",
                Json.array(
                        state.lastStanding().stream().map(Incarnation::brokerId).toList()));
        json.set("last_standing_broker_epochs", epochs(state.lastStanding()));
        json.put("last_leader", state.lastLeader());
        return Json.bytes(json);
    }

    /** @param version the node's version, which is the partition epoch */
    static PartitionState read(byte[] data, int version) throws IOException {
        JsonNode json = Json.parse(data);
        int leader = Json.required(json, "leader").asInt();
        return new PartitionState(
                leader,
                Json.required(json, "leader_epoch").asInt(),
                incarnations(Json.required(json, "isr"), json.path("isr_broker_epochs")),
                incarnations(json.path("last_standing"), json.path("last_standing_broker_epochs")),
                json.path("last_leader").asInt(leader),
                Json.required(json, "controller_epoch").asInt(),
                version);
    }

    private static List<Incarnation> incarnations(JsonNode ids, JsonNode brokerEpochs) {
        List<Incarnation> members = new ArrayList<>();
        for (int id : Json.integers(ids)) {
            members.add(new Incarnation(id, brokerEpochs.path(members.size()).asLong(Broker.NONE)));
        }
        return members;
    }

    private static ArrayNode epochs(List<Incarnation> members) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        members.forEach(member -> array.add(member.brokerEpoch()));
        return array;
    }
}
