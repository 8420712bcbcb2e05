package io.tailrace.agent.checkpoint;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tailrace.agent.audit.AuditLedger;
import io.tailrace.agent.tail.FileProgress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The JSON of what changed from one checkpoint to the next: docs/format.md, "The agent's checkpoint". */
final class CheckpointChange {
    private CheckpointChange() {}

    /** What makes {@code after} of {@code before}; both are of the same agent. */
    static byte[] encode(Checkpoint before, Checkpoint after) {
        ObjectNode change = CheckpointFormat.newObject();
        encodeFiles(before.files(), after.files(), change);
        if (!before.sources().equals(after.sources())) {
            CheckpointFormat.encodeSources(after.sources(), change);
        }
        if (!before.filesToSkip().equals(after.filesToSkip())) {
            CheckpointFormat.encodeToSkip(after.filesToSkip(), change);
        }
        encodeAudit(before.audit(), after.audit(), change);
        if (!before.readUpToMs().equals(after.readUpToMs())) {
            CheckpointFormat.encodeReadUpTo(after.readUpToMs(), change);
        }
        return CheckpointFormat.print(change);
    }

    private static void encodeFiles(List<FileProgress> before, List<FileProgress> after, ObjectNode change) {
        Map<String, FileProgress> known = new HashMap<>();
        before.forEach(file -> known.put(file.contentId(), file));
        ArrayNode files = change.putArray("files");
        for (FileProgress file : after) {
            if (!file.equals(known.remove(file.contentId()))) {
                CheckpointFormat.encode(file, files.addObject());
            }
        }
        ArrayNode gone = change.putArray("gone");
        known.keySet().stream().sorted().forEach(gone::add);
    }

    /** While lines flow, only open counts grow. They are written one by one, anything else as a whole. */
    private static void encodeAudit(AuditLedger.State before, AuditLedger.State after, ObjectNode change) {
        Set<AuditLedger.Open> known = new HashSet<>(before.open());
        Set<List<Object>> windows = new HashSet<>();
        after.open().forEach(count -> windows.add(window(count)));
        boolean onlyGrown = before.nextSequence() == after.nextSequence()
                && before.sealed().equals(after.sealed())
                && before.open().stream().allMatch(count -> windows.contains(window(count)));
        if (onlyGrown) {
            ArrayNode open = change.putArray("open");
            after.open().stream()
                    .filter(count -> !known.contains(count))
                    .forEach(count -> CheckpointFormat.encode(count, open.addObject()));
        } else {
            CheckpointFormat.encode(after, change.putObject("audit"));
        }
    }

    private static List<Object> window(AuditLedger.Open count) {
        return List.of(count.topic(), count.windowStartMs());
    }

    /**
     * The checkpoint after a change.
     *
     * @throws IOException if the bytes are not a change; the message names the field
     */
    static Checkpoint apply(Checkpoint before, byte[] json) throws IOException {
        CheckpointValue change = CheckpointFormat.parse(json);
        change.expectOnly("files", "gone", "sources", "toSkip", "open", "audit", "readUpTo");
        Map<String, FileProgress> files = new LinkedHashMap<>();
        before.files().forEach(file -> files.put(file.contentId(), file));
        for (CheckpointValue gone : change.get("gone").elements()) {
            files.remove(gone.text());
        }
        for (CheckpointValue file : change.get("files").elements()) {
            FileProgress changed = CheckpointFormat.file(file);
            files.put(changed.contentId(), changed);
        }
        return new Checkpoint(
                before.agent(),
                new ArrayList<>(files.values()),
                change.has("sources") ? CheckpointFormat.sources(change.get("sources")) : before.sources(),
                change.has("toSkip") ? CheckpointFormat.toSkip(change.get("toSkip")) : before.filesToSkip(),
                change.has("audit")
                        ? CheckpointFormat.audit(change.get("audit"))
                        : withOpen(before.audit(), CheckpointFormat.open(change.get("open"))),
                change.has("readUpTo") ? CheckpointFormat.readUpToMs(change.get("readUpTo")) : before.readUpToMs());
    }

    private static AuditLedger.State withOpen(AuditLedger.State before, List<AuditLedger.Open> changed) {
        Map<String, Map<Long, AuditLedger.Open>> open = new TreeMap<>();
        before.open().forEach(count -> put(open, count));
        changed.forEach(count -> put(open, count));
        List<AuditLedger.Open> counts = new ArrayList<>();
        open.values().forEach(windows -> counts.addAll(windows.values()));
        return new AuditLedger.State(before.nextSequence(), counts, before.sealed());
    }

    private static void put(Map<String, Map<Long, AuditLedger.Open>> open, AuditLedger.Open count) {
        open.computeIfAbsent(count.topic(), topic -> new TreeMap<>()).put(count.windowStartMs(), count);
    }
}
