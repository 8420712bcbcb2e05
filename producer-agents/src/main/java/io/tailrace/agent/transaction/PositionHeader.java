package io.tailrace.agent.transaction;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;

/**
 * The record that every transaction of an agent has: which it is, and whose.
 *
 * @param agent the agent's identity in the audit
 * @param instance random for each start of an agent
 * @param sequence number of the transaction, from 1, over all instances
 */
public record PositionHeader(String agent, String instance, long sequence) {
    /** Its key, behind the agent's id. */
    public static final String KEY = "agent";

    private static final int VERSION = 1;
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The record's value: docs/format.md, "Positions of agents". */
    public byte[] encode() {
        try {
            return JSON.writeValueAsBytes(JSON.createObjectNode()
                    .put("version", VERSION)
                    .put("agent", agent)
                    .put("instance", instance)
                    .put("sequence", sequence));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot print " + this, e);
        }
    }

    /**
     * Reads a record's value.
     *
     * @throws IOException if another release wrote it
     */
    public static PositionHeader decode(byte[] value) throws IOException {
        JsonNode node = JSON.readTree(value);
        if (node.path("version").asInt() != VERSION
                || !node.path("agent").isTextual()
                || !node.path("instance").isTextual()
                || !node.path("sequence").isIntegralNumber()) {
            throw new IOException("record of the agent's positions, key " + KEY + ": expected version " + VERSION
                    + " with agent, instance and sequence, found " + node
                    + ". Another release of the agent wrote it: start that release");
        }
        return new PositionHeader(
                node.get("agent").textValue(),
                node.get("instance").textValue(),
                node.get("sequence").longValue());
    }
}
