package io.tailrace.coordination;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/** The content of the nodes that hold one or two values: settings, the controller, the cluster's id, producer ids. */
final class ZNodeJson {
    private ZNodeJson() {}

    /** A block of producer ids, both ends inclusive. */
    record ProducerIdBlock(int brokerId, long firstId, long lastId) {}

    static byte[] config(Map<String, String> config) {
        ObjectNode json = Json.create(1);
        ObjectNode values = json.putObject("config");
        new TreeMap<>(config).forEach(values::put);
        return Json.bytes(json);
    }

    static Map<String, String> config(byte[] data) throws IOException {
        Map<String, String> config = new TreeMap<>();
        Json.required(Json.parse(data), "config")
                .properties()
                .forEach(each -> config.put(each.getKey(), each.getValue().asText()));
        return config;
    }

    static byte[] controller(int brokerId, long nowMs) {
        ObjectNode json = Json.create(1);
        json.put("brokerid", brokerId);
        json.put("timestamp", Long.toString(nowMs));
        return Json.bytes(json);
    }

    static int controller(byte[] data) throws IOException {
        return Json.required(Json.parse(data), "brokerid").asInt();
    }

    static byte[] clusterId(String id) {
        ObjectNode json = Json.create(1);
        json.put("version", "1"); // a string here, as in Kafka
        json.put("id", id);
        return Json.bytes(json);
    }

    static String clusterId(byte[] data) throws IOException {
        return Json.required(Json.parse(data), "id").asText();
    }

    static byte[] producerIds(ProducerIdBlock block) {
        ObjectNode json = Json.create(1);
        json.put("broker", block.brokerId());
        json.put("block_start", Long.toString(block.firstId()));
        json.put("block_end", Long.toString(block.lastId()));
        return Json.bytes(json);
    }

    static ProducerIdBlock producerIds(byte[] data) throws IOException {
        JsonNode json = Json.parse(data);
        return new ProducerIdBlock(
                Json.required(json, "broker").asInt(),
                Json.required(json, "block_start").asLong(),
                Json.required(json, "block_end").asLong());
    }
}
