package io.tailrace.agent.inspect;

import io.tailrace.agent.checkpoint.Checkpoint;
import io.tailrace.agent.tail.FileProgress;
import io.tailrace.agent.tail.SentLines;
import io.tailrace.process.OutputTable;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Shows the files of a checkpoint. */
public final class CheckpointTable {
    private CheckpointTable() {}

    /** A row for each file, as it is in the checkpoint. */
    public static OutputTable of(Checkpoint checkpoint) {
        OutputTable table = new OutputTable(
                "SOURCE", "PATH", "FIRST-PATH", "FILE-ID", "POSITION", "SENT-TO", "COMPLETE", "MISSING-SINCE");
        for (FileProgress file : checkpoint.files()) {
            table.add(
                    file.source(),
                    file.path(),
                    file.file(),
                    file.contentId(),
                    file.acknowledged().offset(),
                    sentTo(file.sent()),
                    file.complete(),
                    file.missingSinceMs() == 0
                            ? null
                            : Instant.ofEpochMilli(file.missingSinceMs()).toString());
        }
        return table;
    }

    private static @Nullable Long sentTo(List<SentLines> sent) {
        return sent.isEmpty() ? null : (Long) sent.get(sent.size() - 1).end().offset();
    }
}
