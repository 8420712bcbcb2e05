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
 * A plan in the format of Kafka's tool {@code kafka-reassign-partitions}:
 * {@code {"version":1,"partitions":[{"topic":"web","partition":0,"replicas":[1,2],"log_dirs":["any","/data/2"]}]}}.
 *
 * @param replicas the planned replicas of each partition, preferred leader first
 * @param directories for each broker, the log directories of the replicas for which the plan names one
 */
record ReassignmentPlan(
        Map<TopicPartition, List<Integer>> replicas, Map<Integer, Map<TopicPartition, String>> directories) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String FORM =
            "{\"version\":1,\"partitions\":[{\"topic\":\"web\",\"partition\":0,\"replicas\":[1,2]}]}";
    private static final String ANY = "any";

    /**
     * Reads a plan.
     *
     * @throws ConfigException if the file does not exist or is not such a plan
     */
    static ReassignmentPlan read(Path file) throws IOException {
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
        ReassignmentPlan read = new ReassignmentPlan(new TreeMap<>(), new TreeMap<>());
        for (JsonNode each : plan.get("partitions")) {
            read.add(file, each);
        }
        return read;
    }

    private void add(Path file, JsonNode each) {
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
        JsonNode paths = each.path("log_dirs");
        if (paths.isMissingNode() || paths.isNull()) {
            return;
        }
        if (!paths.isArray() || paths.size() != brokers.size()) {
            throw new ConfigException(file + ": expected one of log_dirs for each of replicas, found " + each);
        }
        for (int i = 0; i < brokers.size(); i++) {
            add(file, brokers.get(i), partition, paths.get(i));
        }
    }

    private void add(Path file, int broker, TopicPartition partition, JsonNode path) {
        if (!path.isTextual() || !(path.asText().equals(ANY) || path.asText().startsWith("/"))) {
            throw new ConfigException(
                    file + ": " + partition + ": expected \"any\" or an absolute path in log_dirs, found " + path);
        }
        if (!path.asText().equals(ANY)) {
            directories.computeIfAbsent(broker, each -> new TreeMap<>()).put(partition, path.asText());
        }
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
