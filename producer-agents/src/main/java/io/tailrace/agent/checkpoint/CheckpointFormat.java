package io.tailrace.agent.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tailrace.agent.delivery.AuditLedger;
import io.tailrace.agent.tail.FileId;
import io.tailrace.agent.tail.FileProgress;
import io.tailrace.agent.tail.ReadPosition;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The JSON of a checkpoint: docs/format.md, "The agent's checkpoint". Field names are those of version 1, whatever the
 * code calls them today.
 */
final class CheckpointFormat {
    static final int VERSION = 1;

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private CheckpointFormat() {}

    static byte[] encode(Checkpoint checkpoint) {
        ObjectNode root = JSON.createObjectNode().put("version", VERSION).put("agent", checkpoint.agent());
        ArrayNode files = root.putArray("files");
        checkpoint.files().forEach(file -> encode(file, files.addObject()));
        AuditLedger.State audit = checkpoint.audit();
        ObjectNode counts = root.putObject("audit").put("nextSequence", audit.nextSequence());
        ArrayNode open = counts.putArray("open");
        audit.open().forEach(count -> open.addObject()
                .put("topic", count.topic())
                .put("windowStartMs", count.windowStartMs())
                .put("count", count.count()));
        ArrayNode sealed = counts.putArray("sealed");
        audit.sealed().forEach(count -> sealed.addObject()
                .put("sequence", count.sequence())
                .put("topic", count.topic())
                .put("windowStartMs", count.windowStartMs())
                .put("count", count.count()));
        try {
            return JSON.writeValueAsBytes(root);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot print " + checkpoint, e);
        }
    }

    private static void encode(FileProgress file, ObjectNode node) {
        node.put("source", file.source())
                .put("file", file.file())
                .put("path", file.path())
                .put("device", file.id().device())
                .put("inode", file.id().inode());
        node.putObject("mark")
                .put("position", file.acknowledged().offset())
                .put("headHash", file.acknowledged().headHash())
                .put("tailHash", file.acknowledged().tailHash());
        node.put("complete", file.complete())
                .put("adriftSinceMs", file.missingSinceMs())
                .put("restingSizeBytes", file.closedSizeBytes())
                .put("restingModifiedMs", file.closedModifiedMs());
    }

    /**
     * Reads a checkpoint. Every field must be there, and no other.
     *
     * @throws IOException if the bytes are not a checkpoint; the message names the field, what was expected and found
     */
    static Checkpoint decode(byte[] bytes) throws IOException {
        Value root;
        try {
            root = new Value("", JSON.readTree(bytes));
        } catch (JsonProcessingException e) {
            throw new IOException("expected JSON: " + e.getOriginalMessage(), e);
        }
        long version = root.get("version").number(0);
        if (version != VERSION) {
            throw new IOException("version: expected " + VERSION + ", found " + version
                    + ". Another release of the agent wrote it: start that release");
        }
        root.expectOnly("version", "agent", "files", "audit");
        List<FileProgress> files = new ArrayList<>();
        for (Value file : root.get("files").elements()) {
            files.add(file(file));
        }
        return new Checkpoint(root.get("agent").text(), files, audit(root.get("audit")));
    }

    private static FileProgress file(Value file) throws IOException {
        file.expectOnly(
                "source",
                "file",
                "path",
                "device",
                "inode",
                "mark",
                "complete",
                "adriftSinceMs",
                "restingSizeBytes",
                "restingModifiedMs");
        return new FileProgress(
                file.get("source").text(),
                file.get("file").path(),
                file.get("path").path(),
                new FileId(
                        file.get("device").number(Long.MIN_VALUE),
                        file.get("inode").number(Long.MIN_VALUE)),
                position(file.get("mark")),
                file.get("complete").flag(),
                file.get("adriftSinceMs").number(0),
                file.get("restingSizeBytes").number(-1),
                file.get("restingModifiedMs").number(-1));
    }

    private static ReadPosition position(Value mark) throws IOException {
        mark.expectOnly("position", "headHash", "tailHash");
        long offset = mark.get("position").number(0);
        return offset == 0
                ? ReadPosition.START
                : new ReadPosition(
                        offset,
                        mark.get("headHash").hash(),
                        mark.get("tailHash").hash());
    }

    private static AuditLedger.State audit(Value audit) throws IOException {
        audit.expectOnly("nextSequence", "open", "sealed");
        List<AuditLedger.Open> open = new ArrayList<>();
        for (Value count : audit.get("open").elements()) {
            count.expectOnly("topic", "windowStartMs", "count");
            open.add(new AuditLedger.Open(
                    count.get("topic").text(),
                    count.get("windowStartMs").number(0),
                    count.get("count").number(1)));
        }
        List<AuditLedger.Sealed> sealed = new ArrayList<>();
        for (Value count : audit.get("sealed").elements()) {
            count.expectOnly("sequence", "topic", "windowStartMs", "count");
            sealed.add(new AuditLedger.Sealed(
                    count.get("sequence").number(0),
                    count.get("topic").text(),
                    count.get("windowStartMs").number(0),
                    count.get("count").number(1)));
        }
        return new AuditLedger.State(audit.get("nextSequence").number(0), open, sealed);
    }

    /**
     * A JSON value whose type is checked.
     *
     * @param where the path to it, as {@code files[3].mark}; empty for the root
     */
    private record Value(String where, JsonNode node) {

        private IOException expected(String what) {
            return new IOException(where + (where.isEmpty() ? "" : ": ") + "expected " + what + ", found " + node);
        }

        /** Refuses any member but these. */
        void expectOnly(String... names) throws IOException {
            Set<String> known = Set.of(names);
            for (var members = node.fieldNames(); members.hasNext(); ) {
                String name = members.next();
                if (!known.contains(name)) {
                    throw get(name).expected("no such field");
                }
            }
        }

        Value get(String name) throws IOException {
            if (!node.isObject()) {
                throw expected("an object");
            }
            Value member = new Value(where.isEmpty() ? name : where + "." + name, node.path(name));
            if (member.node.isMissingNode()) {
                throw new IOException(member.where + ": the field is missing");
            }
            return member;
        }

        List<Value> elements() throws IOException {
            if (!node.isArray()) {
                throw expected("an array");
            }
            List<Value> elements = new ArrayList<>();
            for (JsonNode element : node) {
                elements.add(new Value(where + "[" + elements.size() + "]", element));
            }
            return elements;
        }

        String text() throws IOException {
            if (!node.isTextual() || node.textValue().isEmpty()) {
                throw expected("text");
            }
            return node.textValue();
        }

        String path() throws IOException {
            try {
                return Path.of(text()).toString();
            } catch (InvalidPathException e) {
                throw expected("a path");
            }
        }

        String hash() throws IOException {
            if (!text().matches("[0-9a-f]{32}")) {
                throw expected("32 hexadecimal digits");
            }
            return text();
        }

        long number(long min) throws IOException {
            if (!node.isIntegralNumber() || !node.canConvertToLong() || node.longValue() < min) {
                throw expected(min == Long.MIN_VALUE ? "a whole number" : "a whole number from " + min);
            }
            return node.longValue();
        }

        boolean flag() throws IOException {
            if (!node.isBoolean()) {
                throw expected("true or false");
            }
            return node.booleanValue();
        }
    }
}
