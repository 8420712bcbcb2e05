package io.tailrace.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * At which offset each leader epoch of a log starts (KIP-101), in memory and in {@code leader-epoch-checkpoint}.
 *
 * <p>Every batch carries its epoch, so the file only has to cover what recovery does not read: it is written before
 * the recovery point moves, and after truncations, never for an append.
 *
 * <p>Changed under the append lock; read by anybody.
 */
final class LeaderEpochs {
    private static final Logger LOG = LoggerFactory.getLogger(LeaderEpochs.class);

    private record Entry(int epoch, long startOffset) {}

    private final CheckpointFile file;
    /** Epochs and start offsets both grow. Immutable, replaced whole. */
    private volatile List<Entry> entries = List.of();

    private volatile boolean isDirty;

    LeaderEpochs(Disk disk, Path directory) {
        this.file = new CheckpointFile(disk, directory.resolve(LogFiles.EPOCHS));
    }

    /** Reads the file; false if there is none that can be used, so that the epochs must come from the log. */
    boolean load() throws IOException {
        List<Entry> loaded = new ArrayList<>();
        try {
            Optional<List<String>> lines = file.read();
            if (lines.isEmpty()) {
                return false;
            }
            for (String line : lines.get()) {
                Entry entry = parse(line);
                if (!loaded.isEmpty() && !follows(entry, loaded.get(loaded.size() - 1))) {
                    throw file.corrupt(line);
                }
                loaded.add(entry);
            }
        } catch (CorruptLogException e) {
            LOG.warn("{}; the epochs are read from the log", e.getMessage());
            return false;
        }
        entries = List.copyOf(loaded);
        return true;
    }

    private static boolean follows(Entry entry, Entry previous) {
        return entry.epoch > previous.epoch && entry.startOffset >= previous.startOffset;
    }

    private Entry parse(String line) throws IOException {
        String[] parts = line.split(" ", -1);
        try {
            if (parts.length == 2) {
                return new Entry(Integer.parseInt(parts[0]), Long.parseLong(parts[1]));
            }
        } catch (NumberFormatException e) {
            throw file.corrupt(line);
        }
        throw file.corrupt(line);
    }

    /** Notes that an epoch starts at an offset, unless it or a later one is known. */
    void assign(int epoch, long startOffset) {
        Entry last = last();
        if (epoch < 0 || (last != null && epoch <= last.epoch)) {
            return;
        }
        List<Entry> more = new ArrayList<>(entries);
        more.removeIf(entry -> entry.startOffset >= startOffset);
        more.add(new Entry(epoch, startOffset));
        entries = List.copyOf(more);
        isDirty = true;
    }

    OptionalInt latest() {
        Entry last = last();
        return last == null ? OptionalInt.empty() : OptionalInt.of(last.epoch);
    }

    private @Nullable Entry last() {
        List<Entry> current = entries;
        return current.isEmpty() ? null : current.get(current.size() - 1);
    }

    /** Where an epoch ends; empty for an epoch later than all, or if none is known. */
    Optional<EpochEnd> endOffsetFor(int epoch, long logEndOffset) {
        List<Entry> current = entries;
        if (current.isEmpty() || epoch < 0) {
            return Optional.empty();
        }
        int higher = 0;
        while (higher < current.size() && current.get(higher).epoch <= epoch) {
            higher++;
        }
        if (higher == current.size()) {
            boolean isLatest = current.get(higher - 1).epoch == epoch;
            return isLatest ? Optional.of(new EpochEnd(epoch, logEndOffset)) : Optional.empty();
        }
        int floor = higher == 0 ? epoch : current.get(higher - 1).epoch;
        return Optional.of(new EpochEnd(floor, current.get(higher).startOffset));
    }

    /** The epoch that the record at an offset was appended in, if it is known. */
    OptionalInt epochAt(long offset) {
        List<Entry> current = entries;
        for (int i = current.size() - 1; i >= 0; i--) {
            if (current.get(i).startOffset <= offset) {
                return OptionalInt.of(current.get(i).epoch);
            }
        }
        return OptionalInt.empty();
    }

    /** Forgets the epochs that start at or after the new log end offset. */
    void truncateFromEnd(long endOffset) {
        List<Entry> fewer = new ArrayList<>(entries);
        if (fewer.removeIf(entry -> entry.startOffset >= endOffset)) {
            entries = List.copyOf(fewer);
            isDirty = true;
        }
    }

    /** Forgets the epochs that end at or before the new log start offset; the one that goes on starts there. */
    void truncateFromStart(long startOffset) {
        List<Entry> fewer = new ArrayList<>(entries);
        Entry cut = null;
        while (!fewer.isEmpty() && fewer.get(0).startOffset < startOffset) {
            cut = fewer.remove(0);
        }
        if (cut != null) {
            if (fewer.isEmpty() || fewer.get(0).startOffset > startOffset) {
                fewer.add(0, new Entry(cut.epoch, startOffset));
            }
            entries = List.copyOf(fewer);
            isDirty = true;
        }
    }

    /** Forgets all. */
    void clear() {
        entries = List.of();
        isDirty = true;
    }

    /** Writes the file if there is anything new. Never under the append lock of a busy partition. */
    synchronized void write() throws IOException {
        if (!isDirty) {
            return;
        }
        isDirty = false;
        List<String> lines = new ArrayList<>();
        for (Entry entry : entries) {
            lines.add(entry.epoch + " " + entry.startOffset);
        }
        file.write(lines);
    }

    @Override
    public String toString() {
        return entries.toString();
    }
}
