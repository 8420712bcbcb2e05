package io.tailrace.coordination;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tailrace.protocol.UuidText;
import io.tailrace.replication.cluster.PartitionAssignment;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * The content of {@code /brokers/topics/T}.
 *
 * @param id the topic's id
 * @param partitions the replicas of each partition, by index
 */
record TopicNode(UUID id, List<PartitionAssignment> partitions) {
    TopicNode {
        partitions = List.copyOf(partitions);
    }

    byte[] toJson() {
        ObjectNode json = Json.create(3);
        json.put("topic_id", UuidText.of(id));
        ObjectNode replicas = json.putObject("partitions");
        ObjectNode adding = json.putObject("adding_replicas");
        ObjectNode removing = json.putObject("removing_replicas");
        for (int i = 0; i < partitions.size(); i++) {
            PartitionAssignment assignment = partitions.get(i);
            String key = Integer.toString(i);
            replicas.set(key, Json.array(assignment.replicas()));
            if (!assignment.adding().isEmpty()) {
                adding.set(key, Json.array(assignment.adding()));
            }
            if (!assignment.removing().isEmpty()) {
                removing.set(key, Json.array(assignment.removing()));
            }
        }
        return Json.bytes(json);
    }

    static TopicNode parse(byte[] data) throws IOException {
        JsonNode json = Json.parse(data);
        JsonNode replicas = Json.required(json, "partitions");
        List<PartitionAssignment> partitions = new ArrayList<>();
        for (int i = 0; i < replicas.size(); i++) {
            String key = Integer.toString(i);
            partitions.add(new PartitionAssignment(
                    Json.integers(Json.required(replicas, key)),
                    Json.integers(json.path("adding_replicas").path(key)),
                    Json.integers(json.path("removing_replicas").path(key))));
        }
        return new TopicNode(UuidText.parse(Json.required(json, "topic_id").asText()), partitions);
    }
}
