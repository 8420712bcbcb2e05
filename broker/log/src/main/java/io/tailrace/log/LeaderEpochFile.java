package io.tailrace.log;

import io.tailrace.protocol.EpochStart;
import io.tailrace.protocol.LeaderEpochs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file {@code leader-epoch-checkpoint}, which keeps a log's {@link LeaderEpochs} ({@code docs/format.md}). Thread-safe.
 *
 * <p>Every batch carries its epoch, so the file only has to cover the part of the log that recovery does not read. It is written
 * before the recovery point moves and after truncations, never for an append.
 */
final class LeaderEpochFile {
    private static final Logger LOG = LoggerFactory.getLogger(LeaderEpochFile.class);

    private final Path directory;
    private final CheckpointFile file;

    /** The content of the file; null if it is not known. Guarded by this. */
    private @Nullable LeaderEpochs written;

    LeaderEpochFile(Disk disk, Path directory) {
        this.directory = directory;
        this.file = new CheckpointFile(disk, directory.resolve(LogFiles.EPOCHS));
    }

    /** The epochs in the file; empty if it is missing or damaged, so that they must be read from the log. */
    synchronized Optional<LeaderEpochs> read() throws IOException {
        try {
            Optional<List<String>> lines = file.read();
            if (lines.isEmpty()) {
                return Optional.empty();
            }
            LeaderEpochs epochs = LeaderEpochs.EMPTY;
            for (String line : lines.get()) {
                epochs = append(epochs, line);
            }
            written = epochs;
            return Optional.of(epochs);
        } catch (CorruptLogException e) {
            LOG.warn("Leader epochs are read from the log instead of their file: {}", e.getMessage());
            return Optional.empty();
        }
    }

    private LeaderEpochs append(LeaderEpochs epochs, String line) throws CorruptLogException {
        String[] parts = line.split(" ", -1);
        try {
            if (parts.length == 2) {
                return epochs.append(Integer.parseInt(parts[0]), Long.parseLong(parts[1]));
            }
        } catch (IllegalArgumentException e) {
            throw file.corrupt(line);
        }
        throw file.corrupt(line);
    }

    /** Writes the file, unless it holds these epochs already. Slow: do not call it under the append lock of a busy log. */
    synchronized void write(LeaderEpochs epochs) throws IOException {
        if (written != null && epochs.equals(written)) {
            return;
        }
        List<String> lines = new ArrayList<>();
        for (EpochStart start : epochs.starts()) {
            lines.add(start.epoch() + " " + start.startOffset());
        }
        file.write(lines);
        written = epochs;
    }

    /**
     * Writes the epochs, or removes the file if there is no space. Without the file, the next start reads the epochs from the
     * log; with the old file, it would take those of dropped records.
     *
     * @throws IOException if the disk fails
     */
    synchronized void writeOrRemove(LeaderEpochs epochs) throws IOException {
        try {
            write(epochs);
        } catch (IOException e) {
            if (FailureScope.of(e, directory) == FailureScope.DIRECTORY) {
                throw e;
            }
            LOG.warn("Leader epochs not written and their file removed: {}", e.toString());
            written = null;
            file.delete();
        }
    }
}
