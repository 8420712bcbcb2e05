package io.tailrace.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tailrace.config.ConfigException;
import io.tailrace.protocol.TopicPartition;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads plans in the format of Kafka's tool {@code kafka-reassign-partitions}:
 * {@code {"version":1,"partitions":[{"topic":"web","partition":0,"replicas":[1,2]}]}}.
 */
final class ReassignmentPlan {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String FORM =
            "{\"version\":1,\"partitions\":[{\"topic\":\"web\",\"partition\":0,\"replicas\":[1,2]}]}";

    private ReassignmentPlan() {}

    /**
     * The planned replicas of each partition.
     *
     * @throws ConfigException if the file does not exist or is not such a plan
     */
    static Map<TopicPartition, List<Integer>> read(Path file) throws IOException {
        JsonNode plan;
        try {
            plan = JSON.readTree(file.toFile());
        } catch (FileNotFoundException e) {
            throw new ConfigException("--plan " + file + ": no such file, or not readable");
        } catch (JsonProcessingException e) {
            throw new ConfigException(file + ": expected JSON such as " + FORM + ": " + e.getOriginalMessage());
        }
        if (plan.path("version").asInt() != 1 || !plan.path("partitions").isArray()) {
            throw new ConfigException(file + ": expected " + FORM);
        }
        Map<TopicPartition, List<Integer>> replicas = new TreeMap<>();
        for (JsonNode each : plan.get("partitions")) {
            boolean whole = each.path("topic").isTextual()
                    && each.path("partition").canConvertToInt()
                    && each.path("partition").asInt() >= 0;
            List<Integer> brokers = brokers(each.path("replicas"));
            if (!whole || brokers.isEmpty() || new HashSet<>(brokers).size() != brokers.size()) {
                throw new ConfigException(
                        file + ": expected a topic, a partition and replicas with distinct broker ids, found " + each);
            }
            TopicPartition partition = new TopicPartition(
                    each.get("topic").asText(), each.get("partition").asInt());
            if (replicas.put(partition, brokers) != null) {
                throw new ConfigException(file + ": " + partition + " appears twice");
            }
        }
        return replicas;
    }

    /** The broker ids, or an empty list if any is not an id. */
    private static List<Integer> brokers(JsonNode replicas) {
        List<Integer> brokers = new ArrayList<>();
        for (JsonNode broker : replicas) {
            if (!broker.canConvertToInt() || !broker.isIntegralNumber() || broker.asInt() < 0) {
                return List.of();
            }
            brokers.add(broker.asInt());
        }
        return brokers;
    }
}
