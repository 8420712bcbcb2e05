package io.tailrace.coordination;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.UuidText;
import io.tailrace.replication.cluster.Broker;
import io.tailrace.replication.cluster.Endpoint;
import io.tailrace.replication.cluster.Incarnation;
import io.tailrace.replication.cluster.PartitionAssignment;
import io.tailrace.replication.cluster.PartitionState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/**
 * What nodes of the tree hold, in Kafka's JSON. Fields that are ours come beside Kafka's and are not required when
 * reading, so that either can read what the other wrote.
 */
final class ZNodeJson {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private ZNodeJson() {}

    /** A topic's id and assignment, partitions in order. */
    record TopicNode(UUID id, List<PartitionAssignment> partitions) {
        TopicNode {
            partitions = List.copyOf(partitions);
        }
    }

    /** A block of producer ids, both ends inclusive. */
    record ProducerIdNode(int brokerId, long firstId, long lastId) {}

    static byte[] broker(Broker broker, String owner, long nowMs) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("version", 5);
        json.putObject("features");
        ObjectNode security = json.putObject("listener_security_protocol_map");
        ArrayNode endpoints = json.putArray("endpoints");
        for (Endpoint endpoint : broker.endpoints()) {
            endpoints.add(endpoint.toString());
            security.put(endpoint.listener(), endpoint.listener());
        }
        json.put("host", broker.endpoints().get(0).host());
        json.put("port", broker.endpoints().get(0).port());
        json.put("jmx_port", -1);
        json.put("timestamp", Long.toString(nowMs));
        if (broker.rackOrNull() != null) {
            json.put("rack", broker.rackOrNull());
        }
        json.put("owner", owner);
        json.put("previous_epoch", broker.previousEpoch());
        json.put("draining", broker.draining());
        ObjectNode offline = json.putObject("offline_partitions");
        for (TopicPartition partition : broker.offline()) {
            offline.withArray(partition.topic()).add(partition.partition());
        }
        return bytes(json);
    }

    static Broker broker(int id, byte[] data, long czxid) throws IOException {
        JsonNode json = object(data);
        List<Endpoint> endpoints = new ArrayList<>();
        for (JsonNode endpoint : required(json, "endpoints")) {
            endpoints.add(endpoint(endpoint.asText()));
        }
        return new Broker(
                id,
                czxid,
                json.path("previous_epoch").asLong(Broker.NONE),
                json.hasNonNull("rack") ? json.get("rack").asText() : null,
                endpoints,
                json.path("draining").asBoolean(false),
                partitions(json.path("offline_partitions")));
    }

    private static Set<TopicPartition> partitions(JsonNode byTopic) {
        Set<TopicPartition> partitions = new HashSet<>();
        byTopic.properties().forEach(topic -> topic.getValue()
                .forEach(index -> partitions.add(new TopicPartition(topic.getKey(), index.asInt()))));
        return partitions;
    }

    /** Who registered the broker: different for each set of log directories. */
    static String brokerOwner(byte[] data) throws IOException {
        return object(data).path("owner").asText("");
    }

    static byte[] topic(TopicNode topic) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("version", 3);
        json.put("topic_id", UuidText.of(topic.id()));
        ObjectNode partitions = json.putObject("partitions");
        ObjectNode adding = json.putObject("adding_replicas");
        ObjectNode removing = json.putObject("removing_replicas");
        for (int i = 0; i < topic.partitions().size(); i++) {
            PartitionAssignment assignment = topic.partitions().get(i);
            String key = Integer.toString(i);
            partitions.set(key, ints(assignment.replicas()));
            if (!assignment.adding().isEmpty()) {
                adding.set(key, ints(assignment.adding()));
            }
            if (!assignment.removing().isEmpty()) {
                removing.set(key, ints(assignment.removing()));
            }
        }
        return bytes(json);
    }

    static TopicNode topic(byte[] data) throws IOException {
        JsonNode json = object(data);
        JsonNode partitions = required(json, "partitions");
        List<PartitionAssignment> assignments = new ArrayList<>();
        for (int i = 0; i < partitions.size(); i++) {
            String key = Integer.toString(i);
            assignments.add(new PartitionAssignment(
                    ints(required(partitions, key)),
                    ints(json.path("adding_replicas").path(key)),
                    ints(json.path("removing_replicas").path(key))));
        }
        return new TopicNode(UuidText.parse(required(json, "topic_id").asText()), assignments);
    }

    static byte[] state(PartitionState state) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("version", 1);
        json.put("controller_epoch", state.controllerEpoch());
        json.put("leader", state.leader());
        json.put("leader_epoch", state.leaderEpoch());
        json.set("isr", ints(state.isrIds()));
        json.set("isr_broker_epochs", epochs(state.isr()));
        json.set(
                "last_standing",
                ints(state.lastStanding().stream().map(Incarnation::brokerId).toList()));
        json.set("last_standing_broker_epochs", epochs(state.lastStanding()));
        json.put("last_leader", state.lastLeader());
        return bytes(json);
    }

    static PartitionState state(byte[] data, int version) throws IOException {
        JsonNode json = object(data);
        int leader = required(json, "leader").asInt();
        return new PartitionState(
                leader,
                required(json, "leader_epoch").asInt(),
                incarnations(required(json, "isr"), json.path("isr_broker_epochs")),
                incarnations(json.path("last_standing"), json.path("last_standing_broker_epochs")),
                json.path("last_leader").asInt(leader),
                required(json, "controller_epoch").asInt(),
                version);
    }

    static byte[] config(Map<String, String> config) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("version", 1);
        ObjectNode values = json.putObject("config");
        new TreeMap<>(config).forEach(values::put);
        return bytes(json);
    }

    static Map<String, String> config(byte[] data) throws IOException {
        Map<String, String> config = new TreeMap<>();
        required(object(data), "config")
                .properties()
                .forEach(e -> config.put(e.getKey(), e.getValue().asText()));
        return config;
    }

    static byte[] controller(int brokerId, long nowMs) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("version", 1);
        json.put("brokerid", brokerId);
        json.put("timestamp", Long.toString(nowMs));
        return bytes(json);
    }

    static int controller(byte[] data) throws IOException {
        return required(object(data), "brokerid").asInt();
    }

    static byte[] clusterId(String id) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("version", "1");
        json.put("id", id);
        return bytes(json);
    }

    static String clusterId(byte[] data) throws IOException {
        return required(object(data), "id").asText();
    }

    static byte[] producerIds(ProducerIdNode block) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("version", 1);
        json.put("broker", block.brokerId());
        json.put("block_start", Long.toString(block.firstId()));
        json.put("block_end", Long.toString(block.lastId()));
        return bytes(json);
    }

    static ProducerIdNode producerIds(byte[] data) throws IOException {
        JsonNode json = object(data);
        return new ProducerIdNode(
                required(json, "broker").asInt(),
                required(json, "block_start").asLong(),
                required(json, "block_end").asLong());
    }

    private static Endpoint endpoint(String text) throws IOException {
        int scheme = text.indexOf("://");
        int colon = text.lastIndexOf(':');
        if (scheme < 1 || colon <= scheme || !text.substring(colon + 1).matches("[0-9]{1,5}")) {
            throw new IOException("endpoint must be LISTENER://host:port, is '" + text + "'");
        }
        String host = text.substring(scheme + 3, colon);
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        return new Endpoint(
                text.substring(0, scheme),
                bracketed ? host.substring(1, host.length() - 1) : host,
                Integer.parseInt(text.substring(colon + 1)));
    }

    private static List<Incarnation> incarnations(JsonNode ids, JsonNode brokerEpochs) {
        List<Incarnation> members = new ArrayList<>();
        for (int i = 0; i < ids.size(); i++) {
            members.add(new Incarnation(ids.get(i).asInt(), brokerEpochs.path(i).asLong(Broker.NONE)));
        }
        return members;
    }

    private static ArrayNode epochs(List<Incarnation> members) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        members.forEach(m -> array.add(m.brokerEpoch()));
        return array;
    }

    private static ArrayNode ints(List<Integer> values) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        values.forEach(array::add);
        return array;
    }

    private static List<Integer> ints(JsonNode array) {
        List<Integer> values = new ArrayList<>();
        array.forEach(v -> values.add(v.asInt()));
        return values;
    }

    private static JsonNode required(JsonNode json, String field) throws IOException {
        JsonNode value = json.get(field);
        if (value == null) {
            throw new IOException("field '" + field + "' is missing in " + json);
        }
        return value;
    }

    private static JsonNode object(byte[] data) throws IOException {
        JsonNode json = MAPPER.readTree(data);
        if (!json.isObject()) {
            throw new IOException("expected a JSON object, found '" + json + "'");
        }
        return json;
    }

    private static byte[] bytes(ObjectNode json) {
        try {
            return MAPPER.writeValueAsBytes(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot write " + json, e);
        }
    }
}
