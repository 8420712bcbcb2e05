package io.tailrace.coordination;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.cluster.Broker;
import io.tailrace.replication.cluster.Endpoint;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The content of {@code /brokers/ids/N}: Kafka's fields, and ours beside them. */
final class BrokerJson {
    private BrokerJson() {}

    static byte[] write(Broker broker, String owner, long nowMs) {
        ObjectNode json = Json.create(5);
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
        return Json.bytes(json);
    }

    static Broker read(int id, byte[] data, long czxid) throws IOException {
        JsonNode json = Json.parse(data);
        List<Endpoint> endpoints = new ArrayList<>();
        for (JsonNode endpoint : Json.required(json, "endpoints")) {
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

    /** Identifies the log directories of the broker that registered; empty if the node does not say. */
    static String owner(byte[] data) throws IOException {
        return Json.parse(data).path("owner").asText("");
    }

    private static Set<TopicPartition> partitions(JsonNode byTopic) {
        Set<TopicPartition> partitions = new HashSet<>();
        byTopic.properties().forEach(topic -> Json.integers(topic.getValue())
                .forEach(index -> partitions.add(new TopicPartition(topic.getKey(), index))));
        return partitions;
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
}
