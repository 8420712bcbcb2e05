package io.tailrace.agent.checkpoint;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tailrace.agent.audit.AuditLedger;
import io.tailrace.agent.tail.FileProgress;
import io.tailrace.agent.tail.FileToSkip;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * A checkpoint as records of a compacted topic: docs/format.md, "Positions of agents". Knows what the topic has, and so which records a
 * change takes. Not thread-safe.
 */
public final class CheckpointRecords {
    private static final String FILE = "file\n";
    private static final String OPEN = "open\n";
    private static final String SEALED = "sealed\n";
    private static final String SKIP = "skip\n";
    private static final String AUDIT = "audit";
    private static final String SOURCES = "sources";
    private static final String READ_UP_TO = "readUpTo";

    /** What the first commit must bring to the topic: its difference from the checkpoint. */
    private final Map<String, Optional<byte[]>> first;
    /** What the topic has, but for the files: these may be many, and are known by their changes. */
    private final Map<String, byte[]> few = new TreeMap<>();

    /**
     * Records of an agent that starts.
     *
     * @param inTopic what the topic has of the agent, by key
     * @param start the checkpoint that it is to have, with which the agent starts
     */
    public CheckpointRecords(Map<String, byte[]> inTopic, Checkpoint start) {
        Map<String, byte[]> all = all(start);
        first = difference(inTopic, all);
        all.forEach((key, value) -> putFew(key, value));
    }

    private void putFew(String key, byte[] value) {
        if (!key.startsWith(FILE)) {
            few.put(key, value);
        }
    }

    /** The records, by key, that bring a change to the topic, with what it lacks otherwise; without a value: a tombstone. */
    public Map<String, Optional<byte[]>> of(CheckpointChange change) {
        Map<String, Optional<byte[]>> records = new LinkedHashMap<>(first);
        change.gone().forEach(contentId -> records.put(FILE + contentId, Optional.empty()));
        for (FileProgress file : change.files()) {
            records.put(FILE + file.contentId(), Optional.of(value(file)));
        }
        if (change.sources() != null) {
            records.put(SOURCES, Optional.of(sources(change.sources())));
        }
        if (change.filesToSkip() != null) {
            records.putAll(difference(some(SKIP), toSkip(change.filesToSkip())));
        }
        if (change.readUpToMs() != null) {
            records.put(READ_UP_TO, Optional.of(readUpTo(change.readUpToMs())));
        }
        change.audit().grown().forEach(count -> records.put(key(count), Optional.of(value(count))));
        AuditLedger.State whole = change.audit().whole();
        if (whole != null) {
            Map<String, byte[]> before = some(OPEN);
            before.putAll(some(SEALED));
            before.putAll(some(AUDIT));
            records.putAll(difference(before, audit(whole)));
        }
        return records;
    }

    /** The topic has records that {@link #of} has returned. */
    public void committed(Map<String, Optional<byte[]>> records) {
        first.clear();
        records.forEach((key, value) -> value.ifPresentOrElse(bytes -> putFew(key, bytes), () -> few.remove(key)));
    }

    private Map<String, byte[]> some(String prefix) {
        Map<String, byte[]> found = new TreeMap<>(few);
        found.keySet().removeIf(key -> !key.startsWith(prefix));
        return found;
    }

    private static Map<String, Optional<byte[]>> difference(Map<String, byte[]> before, Map<String, byte[]> after) {
        Map<String, Optional<byte[]>> difference = new LinkedHashMap<>();
        before.keySet().forEach(key -> {
            if (!after.containsKey(key)) {
                difference.put(key, Optional.empty());
            }
        });
        after.forEach((key, value) -> {
            if (!Arrays.equals(before.get(key), value)) {
                difference.put(key, Optional.of(value));
            }
        });
        return difference;
    }

    private static Map<String, byte[]> all(Checkpoint checkpoint) {
        Map<String, byte[]> records = new LinkedHashMap<>();
        checkpoint.files().forEach(file -> records.put(FILE + file.contentId(), value(file)));
        records.put(SOURCES, sources(checkpoint.sources()));
        records.putAll(toSkip(checkpoint.filesToSkip()));
        records.put(READ_UP_TO, readUpTo(checkpoint.readUpToMs()));
        records.putAll(audit(checkpoint.audit()));
        return records;
    }

    private static byte[] value(FileProgress file) {
        ObjectNode node = CheckpointFormat.newObject();
        CheckpointFormat.encode(file, node);
        return CheckpointFormat.print(node);
    }

    private static byte[] sources(Set<String> sources) {
        ObjectNode node = CheckpointFormat.newObject();
        CheckpointFormat.encodeSources(sources, node);
        return CheckpointFormat.print(node);
    }

    private static Map<String, byte[]> toSkip(Set<FileToSkip> files) {
        Map<String, byte[]> records = new LinkedHashMap<>();
        for (FileToSkip file : files) {
            ObjectNode node = CheckpointFormat.newObject();
            CheckpointFormat.encodeToSkip(Set.of(file), node);
            String key = SKIP + file.source() + "\n" + file.id().device() + "\n"
                    + file.id().inode();
            records.put(key, CheckpointFormat.print(node));
        }
        return records;
    }

    private static byte[] readUpTo(Map<String, Long> readUpToMs) {
        ObjectNode node = CheckpointFormat.newObject();
        CheckpointFormat.encodeReadUpTo(readUpToMs, node);
        return CheckpointFormat.print(node);
    }

    private static String key(AuditLedger.Open count) {
        return OPEN + count.topic() + "\n" + count.windowStartMs();
    }

    private static byte[] value(AuditLedger.Open count) {
        ObjectNode node = CheckpointFormat.newObject();
        CheckpointFormat.encode(count, node);
        return CheckpointFormat.print(node);
    }

    private static Map<String, byte[]> audit(AuditLedger.State audit) {
        Map<String, byte[]> records = new LinkedHashMap<>();
        records.put(AUDIT, value(new AuditLedger.State(audit.nextSequence(), List.of(), List.of())));
        audit.open().forEach(count -> records.put(key(count), value(count)));
        audit.sealed()
                .forEach(count -> records.put(
                        SEALED + count.sequence(),
                        value(new AuditLedger.State(audit.nextSequence(), List.of(), List.of(count)))));
        return records;
    }

    private static byte[] value(AuditLedger.State audit) {
        ObjectNode node = CheckpointFormat.newObject();
        CheckpointFormat.encode(audit, node);
        return CheckpointFormat.print(node);
    }

    /**
     * Reads a checkpoint.
     *
     * @param agent the agent's identity
     * @param records what a topic has of the agent, by key
     * @throws IOException if a record is not one of a checkpoint; the message names its key and field
     */
    public static Checkpoint decode(String agent, Map<String, byte[]> records) throws IOException {
        List<FileProgress> files = new ArrayList<>();
        Set<String> sources = new HashSet<>();
        Set<FileToSkip> toSkip = new HashSet<>();
        List<AuditLedger.Open> open = new ArrayList<>();
        List<AuditLedger.Sealed> sealed = new ArrayList<>();
        Map<String, Long> readUpToMs = new TreeMap<>();
        long nextSequence = 0;
        for (Map.Entry<String, byte[]> record : records.entrySet()) {
            String key = record.getKey();
            try {
                CheckpointValue value = CheckpointFormat.parse(record.getValue());
                switch (key.substring(0, key.indexOf('\n') + 1)) {
                    case FILE -> files.add(CheckpointFormat.file(value));
                    case SKIP -> toSkip.addAll(CheckpointFormat.toSkip(value.get("toSkip")));
                    case OPEN -> open.add(CheckpointFormat.openCount(value));
                    case SEALED -> sealed.addAll(CheckpointFormat.audit(value).sealed());
                    default -> {
                        switch (key) {
                            case SOURCES -> sources.addAll(CheckpointFormat.sources(value.get("sources")));
                            case READ_UP_TO -> readUpToMs.putAll(CheckpointFormat.readUpToMs(value.get("readUpTo")));
                            case AUDIT ->
                                nextSequence = CheckpointFormat.audit(value).nextSequence();
                            default -> throw new IOException("expected a key of a checkpoint");
                        }
                    }
                }
            } catch (IOException e) {
                throw new IOException(
                        "record of the agent's positions, key " + key.replace('\n', ' ') + ": " + e.getMessage()
                                + ". Another release of the agent wrote it: start that release",
                        e);
            }
        }
        open.sort(Comparator.comparing(AuditLedger.Open::topic).thenComparing(AuditLedger.Open::windowStartMs));
        sealed.sort(Comparator.comparing(AuditLedger.Sealed::sequence));
        return new Checkpoint(
                agent, files, sources, toSkip, new AuditLedger.State(nextSequence, open, sealed), readUpToMs);
    }
}
