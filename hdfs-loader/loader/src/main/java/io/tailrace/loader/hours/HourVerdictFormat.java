package io.tailrace.loader.hours;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tailrace.loader.audit.Verdict;
import io.tailrace.loader.table.PathPartition;
import io.tailrace.schemas.audit.ContentSum;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Collection;
import java.util.SortedMap;
import java.util.TreeMap;

/** Verdicts as JSON. docs/format.md draws it: "Complete hours". */
final class HourVerdictFormat {
    private static final int VERSION = 1;
    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY);

    private HourVerdictFormat() {}

    /** The contents of marks and records. */
    static byte[] announcement(String topic, HourVerdict verdict) {
        ObjectNode root = JSON.createObjectNode()
                .put("version", VERSION)
                .put("topic", topic)
                .put("hour", verdict.hour().hourText())
                .put("complete", verdict.isComplete())
                .put("rows", verdict.rows().count())
                .put("sum", verdict.rows().toString());
        figures(root, verdict);
        return root.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** The verdicts of a day. */
    static byte[] encode(Collection<HourVerdict> verdicts) {
        ObjectNode root = JSON.createObjectNode().put("version", VERSION);
        ObjectNode hours = root.putObject("hours");
        for (HourVerdict verdict : verdicts) {
            figures(hours.putObject(verdict.hour().hourText()).put("announced", verdict.announced()), verdict);
        }
        return root.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void figures(ObjectNode node, HourVerdict verdict) {
        node.put("verdict", verdict.verdict().name())
                .put("detail", verdict.detail())
                .put("commit", verdict.commit())
                .put("time", Instant.ofEpochMilli(verdict.timeMs()).toString());
        ObjectNode hosts = node.putObject("hosts");
        verdict.hosts().forEach((host, figures) -> hosts.putObject(host)
                .put("verdict", figures.verdict().name())
                .put("read", figures.read())
                .put("acknowledged", figures.acknowledged())
                .put("loaded", figures.loaded().toString()));
    }

    /**
     * Reads the verdicts of a day.
     *
     * @throws IllegalArgumentException if it is something else, or of another version
     */
    static SortedMap<PathPartition, HourVerdict> decode(byte[] bytes) {
        try {
            JsonNode root = JSON.readTree(bytes);
            if (root.path("version").asInt() != VERSION || !root.path("hours").isObject()) {
                throw new IllegalArgumentException("expected version " + VERSION + " and \"hours\"");
            }
            SortedMap<PathPartition, HourVerdict> verdicts = new TreeMap<>();
            root.path("hours").properties().forEach(entry -> {
                HourVerdict verdict = verdict(PathPartition.ofHour(entry.getKey()), entry.getValue());
                verdicts.put(verdict.hour(), verdict);
            });
            return verdicts;
        } catch (IOException | DateTimeException e) {
            String message = e instanceof JacksonException json ? json.getOriginalMessage() : e.getMessage();
            throw new IllegalArgumentException("expected JSON of verdicts: " + message, e);
        }
    }

    private static HourVerdict verdict(PathPartition hour, JsonNode node) {
        SortedMap<String, HostFigures> hosts = new TreeMap<>();
        node.path("hosts").properties().forEach(entry -> {
            JsonNode host = entry.getValue();
            hosts.put(
                    entry.getKey(),
                    new HostFigures(
                            Verdict.valueOf(host.path("verdict").asText()),
                            host.path("read").asLong(),
                            host.path("acknowledged").asLong(),
                            ContentSum.parse(host.path("loaded").asText())));
        });
        return new HourVerdict(
                hour,
                Verdict.valueOf(node.path("verdict").asText()),
                node.path("detail").asText(),
                hosts,
                node.path("commit").asLong(),
                Instant.parse(node.path("time").asText()).toEpochMilli(),
                node.path("announced").asBoolean());
    }
}
