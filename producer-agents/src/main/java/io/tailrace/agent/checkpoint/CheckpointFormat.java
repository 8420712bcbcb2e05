package io.tailrace.agent.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tailrace.agent.audit.AuditLedger;
import io.tailrace.agent.tail.FileId;
import io.tailrace.agent.tail.FileProgress;
import io.tailrace.agent.tail.FileToSkip;
import io.tailrace.agent.tail.ReadPosition;
import io.tailrace.agent.tail.SentLines;
import io.tailrace.schemas.audit.ContentSum;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The JSON of a checkpoint: docs/format.md, "The agent's checkpoint". Field names are those of version 1, whatever the
 * code calls them today. Writes version 4, reads 1 to 4.
 */
final class CheckpointFormat {
    static final int VERSION = 4;

    private static final List<String> FILE_FIELDS = List.of(
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

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private CheckpointFormat() {}

    static byte[] encode(Checkpoint checkpoint) {
        ObjectNode root = JSON.createObjectNode().put("version", VERSION).put("agent", checkpoint.agent());
        ArrayNode files = root.putArray("files");
        checkpoint.files().forEach(file -> encode(file, files.addObject()));
        encodeSources(checkpoint.sources(), root);
        encodeToSkip(checkpoint.filesToSkip(), root);
        ObjectNode audit = root.putObject("audit");
        encode(checkpoint.audit(), audit);
        encodeReadUpTo(checkpoint.readUpToMs(), audit);
        return print(root);
    }

    static void encodeSources(Set<String> sources, ObjectNode node) {
        ArrayNode names = node.putArray("sources");
        sources.stream().sorted().forEach(names::add);
    }

    static void encodeToSkip(Set<FileToSkip> files, ObjectNode node) {
        ArrayNode toSkip = node.putArray("toSkip");
        files.stream()
                .sorted(Comparator.comparing(FileToSkip::source)
                        .thenComparing(file -> file.id().device())
                        .thenComparing(file -> file.id().inode()))
                .forEach(file -> toSkip.addObject()
                        .put("source", file.source())
                        .put("device", file.id().device())
                        .put("inode", file.id().inode())
                        .put("sizeBytes", file.sizeBytes()));
    }

    static ObjectNode newObject() {
        return JSON.createObjectNode();
    }

    static byte[] print(ObjectNode node) {
        try {
            return JSON.writeValueAsBytes(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot print " + node, e);
        }
    }

    static void encode(FileProgress file, ObjectNode node) {
        node.put("id", file.contentId())
                .put("source", file.source())
                .put("file", file.file())
                .put("path", file.path())
                .put("device", file.id().device())
                .put("inode", file.id().inode());
        encode(file.acknowledged(), node.putObject("mark"));
        ArrayNode sent = node.putArray("sent");
        for (SentLines lines : file.sent()) {
            ObjectNode each = sent.addObject();
            encode(lines.end(), each);
            each.put("readMs", lines.readMs());
        }
        node.put("complete", file.complete())
                .put("adriftSinceMs", file.missingSinceMs())
                .put("restingSizeBytes", file.closedSizeBytes())
                .put("restingModifiedMs", file.closedModifiedMs());
    }

    private static void encode(ReadPosition position, ObjectNode node) {
        node.put("position", position.offset())
                .put("headHash", position.headHash())
                .put("tailHash", position.tailHash());
    }

    static void encode(AuditLedger.Open count, ObjectNode node) {
        node.put("topic", count.topic())
                .put("windowStartMs", count.windowStartMs())
                .put("count", count.sum().count())
                .put("sum", sum(count.sum()))
                .put("rejected", count.rejected());
    }

    /** Writes the counts without {@code readUpTo}. */
    static void encode(AuditLedger.State audit, ObjectNode node) {
        node.put("nextSequence", audit.nextSequence());
        ArrayNode open = node.putArray("open");
        audit.open().forEach(count -> encode(count, open.addObject()));
        ArrayNode sealed = node.putArray("sealed");
        audit.sealed().forEach(count -> sealed.addObject()
                .put("sequence", count.sequence())
                .put("topic", count.topic())
                .put("windowStartMs", count.windowStartMs())
                .put("count", count.count())
                .put("sum", sum(count.sum()))
                .put("rejected", count.rejected()));
    }

    static void encodeReadUpTo(Map<String, Long> readUpToMs, ObjectNode node) {
        ArrayNode readUpTo = node.putArray("readUpTo");
        new TreeMap<>(readUpToMs)
                .forEach((topic, ms) -> readUpTo.addObject().put("topic", topic).put("readUpToMs", ms));
    }

    private static @Nullable String sum(@Nullable ContentSum sum) {
        return sum == null ? null : HexFormat.of().formatHex(sum.sumBytes());
    }

    /**
     * Reads a checkpoint. Every field of its version must be there, and no other.
     *
     * @throws IOException if the bytes are not a checkpoint; the message names the field, what was expected and found
     */
    static Checkpoint decode(byte[] bytes) throws IOException {
        CheckpointValue root = parse(bytes);
        long version = root.get("version").number(0);
        if (version < 1 || version > VERSION) {
            throw new IOException("version: expected 1 to " + VERSION + ", found " + version
                    + ". Another release of the agent wrote it: start that release");
        }
        if (version < 4) {
            root.expectOnly("version", "agent", "files", "audit");
        } else {
            root.expectOnly("version", "agent", "files", "sources", "toSkip", "audit");
        }
        List<FileProgress> files = new ArrayList<>();
        for (CheckpointValue file : root.get("files").elements()) {
            files.add(
                    switch ((int) version) {
                        case 1 -> fileOfVersion1(file);
                        case 2 -> fileOfVersion2(file);
                        default -> file(file);
                    });
        }
        String agent = root.get("agent").text();
        CheckpointValue audit = root.get("audit");
        return switch ((int) version) {
            case 1 -> new Checkpoint(agent, files, sourcesOf(files), Set.of(), auditOfVersion1(audit), Map.of());
            case 2 ->
                new Checkpoint(
                        agent,
                        files,
                        sourcesOf(files),
                        Set.of(),
                        withoutSums(audit(audit)),
                        readUpToMs(audit.get("readUpTo")));
            case 3 ->
                new Checkpoint(
                        agent, files, sourcesOf(files), Set.of(), audit(audit), readUpToMs(audit.get("readUpTo")));
            default ->
                new Checkpoint(
                        agent,
                        files,
                        sources(root.get("sources")),
                        toSkip(root.get("toSkip")),
                        audit(audit),
                        readUpToMs(audit.get("readUpTo")));
        };
    }

    private static Set<String> sourcesOf(List<FileProgress> files) {
        return files.stream().map(FileProgress::source).collect(Collectors.toUnmodifiableSet());
    }

    static Set<String> sources(CheckpointValue names) throws IOException {
        Set<String> sources = new HashSet<>();
        for (CheckpointValue name : names.elements()) {
            sources.add(name.text());
        }
        return sources;
    }

    static Set<FileToSkip> toSkip(CheckpointValue files) throws IOException {
        Set<FileToSkip> toSkip = new HashSet<>();
        for (CheckpointValue file : files.elements()) {
            file.expectOnly("source", "device", "inode", "sizeBytes");
            toSkip.add(new FileToSkip(
                    file.get("source").text(), id(file), file.get("sizeBytes").number(1)));
        }
        return toSkip;
    }

    private static FileId id(CheckpointValue file) throws IOException {
        return new FileId(
                file.get("device").number(Long.MIN_VALUE), file.get("inode").number(Long.MIN_VALUE));
    }

    static CheckpointValue parse(byte[] bytes) throws IOException {
        try {
            return new CheckpointValue("", JSON.readTree(bytes));
        } catch (JsonProcessingException e) {
            throw new IOException("expected JSON: " + e.getOriginalMessage(), e);
        }
    }

    static FileProgress file(CheckpointValue file) throws IOException {
        expectFields(file, "id", "sent");
        List<SentLines> sent = new ArrayList<>();
        for (CheckpointValue lines : file.get("sent").elements()) {
            lines.expectOnly("position", "headHash", "tailHash", "readMs");
            sent.add(new SentLines(position(lines), lines.get("readMs").number(0)));
        }
        return file(file, file.get("id").text(), sent);
    }

    /** @param more fields beside those that a content has in every version */
    private static void expectFields(CheckpointValue file, String... more) throws IOException {
        file.expectOnly(Stream.concat(FILE_FIELDS.stream(), Stream.of(more)).toArray(String[]::new));
    }

    private static FileProgress fileOfVersion2(CheckpointValue file) throws IOException {
        expectFields(file, "id", "sent", "sentMs");
        file.get("sent").expectOnly("position", "headHash", "tailHash");
        ReadPosition sent = position(file.get("sent"));
        long sentMs = file.get("sentMs").number(0);
        return file(file, file.get("id").text(), sent.offset() == 0 ? List.of() : List.of(new SentLines(sent, sentMs)));
    }

    private static FileProgress fileOfVersion1(CheckpointValue file) throws IOException {
        expectFields(file);
        return file(file, FileProgress.newContentId(), List.of());
    }

    private static FileProgress file(CheckpointValue file, String contentId, List<SentLines> sent) throws IOException {
        file.get("mark").expectOnly("position", "headHash", "tailHash");
        return new FileProgress(
                contentId,
                file.get("source").text(),
                file.get("file").path(),
                file.get("path").path(),
                id(file),
                position(file.get("mark")),
                sent,
                file.get("complete").flag(),
                file.get("adriftSinceMs").number(0),
                file.get("restingSizeBytes").number(-1),
                file.get("restingModifiedMs").number(-1));
    }

    private static ReadPosition position(CheckpointValue mark) throws IOException {
        long offset = mark.get("position").number(0);
        return offset == 0
                ? ReadPosition.START
                : new ReadPosition(
                        offset,
                        mark.get("headHash").hash(),
                        mark.get("tailHash").hash());
    }

    static List<AuditLedger.Open> open(CheckpointValue counts) throws IOException {
        List<AuditLedger.Open> open = new ArrayList<>();
        for (CheckpointValue count : counts.elements()) {
            open.add(openCount(count));
        }
        return open;
    }

    static AuditLedger.Open openCount(CheckpointValue count) throws IOException {
        count.expectOnly("topic", "windowStartMs", "count", "sum", "rejected");
        return new AuditLedger.Open(
                count.get("topic").text(),
                count.get("windowStartMs").number(0),
                sum(count),
                count.get("rejected").number(0));
    }

    /** Reads counts; {@code readUpTo} may stand beside them. */
    static AuditLedger.State audit(CheckpointValue audit) throws IOException {
        audit.expectOnly("nextSequence", "open", "sealed", "readUpTo");
        List<AuditLedger.Open> open = open(audit.get("open"));
        List<AuditLedger.Sealed> sealed = new ArrayList<>();
        for (CheckpointValue count : audit.get("sealed").elements()) {
            count.expectOnly("sequence", "topic", "windowStartMs", "count", "sum", "rejected");
            sealed.add(new AuditLedger.Sealed(
                    count.get("sequence").number(0),
                    count.get("topic").text(),
                    count.get("windowStartMs").number(0),
                    count.get("count").number(0),
                    count.get("sum").isNull() ? null : sum(count),
                    count.get("rejected").number(0)));
        }
        return new AuditLedger.State(audit.get("nextSequence").number(0), open, sealed);
    }

    private static ContentSum sum(CheckpointValue count) throws IOException {
        byte[] sum = HexFormat.of().parseHex(count.get("sum").hash());
        return ContentSum.of(count.get("count").number(0), sum);
    }

    static Map<String, Long> readUpToMs(CheckpointValue readUpTo) throws IOException {
        Map<String, Long> byTopic = new TreeMap<>();
        for (CheckpointValue topic : readUpTo.elements()) {
            topic.expectOnly("topic", "readUpToMs");
            byTopic.put(topic.get("topic").text(), topic.get("readUpToMs").number(0));
        }
        return byTopic;
    }

    /** The sums of version 2 are of another hash. Nothing can be added to them: open counts become sealed. */
    private static AuditLedger.State withoutSums(AuditLedger.State audit) {
        List<AuditLedger.Sealed> sealed = new ArrayList<>();
        for (AuditLedger.Sealed count : audit.sealed()) {
            sealed.add(new AuditLedger.Sealed(
                    count.sequence(), count.topic(), count.windowStartMs(), count.count(), null, count.rejected()));
        }
        long nextSequence = audit.nextSequence();
        for (AuditLedger.Open count : audit.open()) {
            sealed.add(new AuditLedger.Sealed(
                    nextSequence++,
                    count.topic(),
                    count.windowStartMs(),
                    count.sum().count(),
                    null,
                    count.rejected()));
        }
        return new AuditLedger.State(nextSequence, List.of(), sealed);
    }

    /** Counts without sums cannot be added to: open ones become sealed. */
    private static AuditLedger.State auditOfVersion1(CheckpointValue audit) throws IOException {
        audit.expectOnly("nextSequence", "open", "sealed");
        List<AuditLedger.Sealed> sealed = new ArrayList<>();
        for (CheckpointValue count : audit.get("sealed").elements()) {
            count.expectOnly("sequence", "topic", "windowStartMs", "count");
            sealed.add(sealedOfVersion1(count.get("sequence").number(0), count));
        }
        long nextSequence = audit.get("nextSequence").number(0);
        for (CheckpointValue count : audit.get("open").elements()) {
            count.expectOnly("topic", "windowStartMs", "count");
            sealed.add(sealedOfVersion1(nextSequence++, count));
        }
        return new AuditLedger.State(nextSequence, List.of(), sealed);
    }

    private static AuditLedger.Sealed sealedOfVersion1(long sequence, CheckpointValue count) throws IOException {
        return new AuditLedger.Sealed(
                sequence,
                count.get("topic").text(),
                count.get("windowStartMs").number(0),
                count.get("count").number(1),
                null,
                0);
    }
}
