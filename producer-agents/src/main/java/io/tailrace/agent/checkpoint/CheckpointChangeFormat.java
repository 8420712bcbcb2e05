package io.tailrace.agent.checkpoint;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tailrace.agent.audit.AuditLedger;
import io.tailrace.agent.tail.FileProgress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The JSON of what changed from one checkpoint to the next: docs/format.md, "The agent's checkpoint". */
final class CheckpointChangeFormat {
    private CheckpointChangeFormat() {}

    static byte[] encode(CheckpointChange change) {
        ObjectNode root = CheckpointFormat.newObject();
        ArrayNode files = root.putArray("files");
        change.files().forEach(file -> CheckpointFormat.encode(file, files.addObject()));
        ArrayNode gone = root.putArray("gone");
        change.gone().forEach(gone::add);
        if (change.sources() != null) {
            CheckpointFormat.encodeSources(change.sources(), root);
        }
        if (change.filesToSkip() != null) {
            CheckpointFormat.encodeToSkip(change.filesToSkip(), root);
        }
        encode(change.audit(), root);
        if (change.readUpToMs() != null) {
            CheckpointFormat.encodeReadUpTo(change.readUpToMs(), root);
        }
        return CheckpointFormat.print(root);
    }

    /** While lines flow, only open counts grow. They are written one by one, anything else as a whole. */
    private static void encode(AuditLedger.Change audit, ObjectNode root) {
        AuditLedger.State whole = audit.whole();
        if (whole != null) {
            CheckpointFormat.encode(whole, root.putObject("audit"));
        } else {
            ArrayNode open = root.putArray("open");
            audit.grown().forEach(count -> CheckpointFormat.encode(count, open.addObject()));
        }
    }

    /**
     * Reads a change.
     *
     * @throws IOException if the bytes are not a change; the message names the field
     */
    static CheckpointChange decode(byte[] json) throws IOException {
        CheckpointValue change = CheckpointFormat.parse(json);
        change.expectOnly("files", "gone", "sources", "toSkip", "open", "audit", "readUpTo");
        List<FileProgress> files = new ArrayList<>();
        for (CheckpointValue file : change.get("files").elements()) {
            files.add(CheckpointFormat.file(file));
        }
        List<String> gone = new ArrayList<>();
        for (CheckpointValue content : change.get("gone").elements()) {
            gone.add(content.text());
        }
        return new CheckpointChange(
                files,
                gone,
                change.has("sources") ? CheckpointFormat.sources(change.get("sources")) : null,
                change.has("toSkip") ? CheckpointFormat.toSkip(change.get("toSkip")) : null,
                change.has("audit")
                        ? AuditLedger.Change.of(CheckpointFormat.audit(change.get("audit")))
                        : AuditLedger.Change.of(CheckpointFormat.open(change.get("open"))),
                change.has("readUpTo") ? CheckpointFormat.readUpToMs(change.get("readUpTo")) : null);
    }
}
