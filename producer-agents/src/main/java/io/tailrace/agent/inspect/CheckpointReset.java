package io.tailrace.agent.inspect;

import io.tailrace.agent.checkpoint.AgentCheckpointFile;
import io.tailrace.agent.checkpoint.Checkpoint;
import io.tailrace.agent.checkpoint.DataDirectoryLock;
import io.tailrace.agent.tail.FileProgress;
import io.tailrace.agent.tail.FoundFiles;
import io.tailrace.agent.tail.FoundFiles.FoundFile;
import io.tailrace.agent.tail.Moment;
import io.tailrace.agent.tail.ReadPosition;
import io.tailrace.agent.tail.SentLines;
import io.tailrace.agent.tail.TailConfig;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Sets how far files were read, in the checkpoint of an agent that does not run. Not thread-safe. */
public final class CheckpointReset {
    private static final long UNKNOWN = -1;

    private final Path directory;
    private final Map<String, TailConfig> sources = new LinkedHashMap<>();
    private final FileSystem fileSystem;

    /** Where a file is to be read from next. */
    public enum Target {
        BEGINNING,
        END
    }

    /**
     * Which files to set. A file must match both.
     *
     * @param source a source's name; null for all
     * @param path a file's path; null for all
     */
    public record Selection(
            @Nullable String source, @Nullable String path) {
        /** All files. */
        public static final Selection ALL = new Selection(null, null);

        private boolean includes(String ofSource, String ofPath) {
            return (source == null || source.equals(ofSource)) && (path == null || path.equals(ofPath));
        }
    }

    /** Of the agent with a data directory and sources. */
    public CheckpointReset(Path directory, List<TailConfig> configured) {
        this.directory = directory;
        this.fileSystem = directory.getFileSystem();
        configured.forEach(source -> sources.put(source.source(), source));
    }

    /**
     * Sets the positions of files, and writes the checkpoint. Every content keeps its identity.
     *
     * @return one line for each file of the selection: what was set, or why nothing was
     * @throws IllegalArgumentException if no source or file has the selection's name
     * @throws IOException if an agent is running, or a file cannot be read or written
     */
    @SuppressWarnings("try") // The lock is held and not used.
    public List<String> reset(Selection selection, Target target, Moment now) throws IOException {
        try (DataDirectoryLock held = DataDirectoryLock.acquire(directory);
                AgentCheckpointFile file = new AgentCheckpointFile(directory)) {
            Checkpoint before = file.read()
                    .orElseThrow(() -> new IOException("data.dir=" + directory
                            + ": there is no checkpoint, so every file is read as if it were new"));
            checkSource(selection, before);
            Changes changes = new Changes(selection, target, now.wallMs());
            changes.setAll(before);
            if (changes.done.isEmpty() && selection.path != null) {
                throw new IllegalArgumentException("--path=" + selection.path
                        + ": no file of the checkpoint has this path; see 'tailrace agent checkpoint show'");
            }
            file.write(before.withFiles(changes.files), now.steadyMs());
            // With transactions, the next start brings this to the topic of the positions.
            file.owner().takeBack();
            return changes.done;
        }
    }

    private void checkSource(Selection selection, Checkpoint checkpoint) {
        Set<String> known = new HashSet<>(sources.keySet());
        checkpoint.files().forEach(file -> known.add(file.source()));
        if (selection.source != null && !known.contains(selection.source)) {
            throw new IllegalArgumentException("--source=" + selection.source + ": unknown source; expected one of "
                    + String.join(", ", known.stream().sorted().toList()));
        }
    }

    /** What one call changes. */
    private final class Changes {
        private final Selection selection;
        private final Target target;
        private final long wallMs;
        private final List<FileProgress> files = new ArrayList<>();
        private final List<String> done = new ArrayList<>();

        private Changes(Selection selection, Target target, long wallMs) {
            this.selection = selection;
            this.target = target;
            this.wallMs = wallMs;
        }

        private void setAll(Checkpoint before) throws IOException {
            Map<String, List<FileProgress>> contents = new LinkedHashMap<>();
            sources.keySet().forEach(source -> contents.put(source, new ArrayList<>()));
            before.files().forEach(content -> contents.computeIfAbsent(content.source(), source -> new ArrayList<>())
                    .add(content));
            for (Map.Entry<String, List<FileProgress>> source : contents.entrySet()) {
                TailConfig config = sources.get(source.getKey());
                if (selection.source != null && !selection.source.equals(source.getKey())) {
                    files.addAll(source.getValue());
                } else if (config != null) {
                    setAll(config, source.getValue());
                } else {
                    source.getValue().forEach(content -> setWithoutFile(content, "its source is not configured"));
                }
            }
        }

        private void setAll(TailConfig source, List<FileProgress> contents) throws IOException {
            FoundFiles found = FoundFiles.of(source, fileSystem);
            Map<String, FoundFile> holders = found.holders(contents);
            boolean isPathFound = found.files().stream()
                    .anyMatch(file -> file.path().toString().equals(selection.path));
            for (FileProgress content : contents) {
                FoundFile holder = holders.get(content.contentId());
                if (holder != null) {
                    set(content, holder, source);
                } else if (isPathFound) {
                    // The path means the file that is there, and not one that had its name earlier.
                    files.add(content);
                } else {
                    setWithoutFile(content, "no file that matches holds it");
                }
            }
            if (target == Target.END) {
                Set<FoundFile> known = Set.copyOf(holders.values());
                for (FoundFile file : found.files()) {
                    if (!known.contains(file)) {
                        setNew(file, source);
                    }
                }
            }
        }

        private void set(FileProgress content, FoundFile holder, TailConfig source) throws IOException {
            String path = holder.path().toString();
            if (!selection.includes(source.source(), path)) {
                files.add(content);
                return;
            }
            ReadPosition position = target == Target.BEGINNING ? ReadPosition.START : endOf(content, holder, source);
            files.add(moved(content, path, position, 0));
            done.add(line(source.source(), path, content.acknowledged(), position));
        }

        /** The last line of an archive may have been read although it has no newline. */
        private static ReadPosition endOf(FileProgress content, FoundFile holder, TailConfig source)
                throws IOException {
            ReadPosition end = FoundFiles.endOf(holder, source);
            return end.offset() < content.acknowledged().offset() ? content.acknowledged() : end;
        }

        /** A content that no file holds is kept, as a copy of it may turn up. Where it ends is not known. */
        private void setWithoutFile(FileProgress content, String reason) {
            boolean isIncluded = selection.includes(content.source(), content.path());
            if (isIncluded && target == Target.BEGINNING) {
                files.add(moved(content, content.path(), ReadPosition.START, content.missingSinceMs()));
                done.add(line(content.source(), content.path(), content.acknowledged(), ReadPosition.START)
                        + " if it turns up: " + reason);
                return;
            }
            files.add(content);
            if (isIncluded) {
                done.add(content.source() + ": " + content.path() + ": left at byte "
                        + content.acknowledged().offset() + ": " + reason);
            }
        }

        /** Skips what a file holds that the checkpoint does not have. */
        private void setNew(FoundFile file, TailConfig source) throws IOException {
            String path = file.path().toString();
            if (selection.includes(source.source(), path)) {
                ReadPosition end = FoundFiles.endOf(file, source);
                files.add(new FileProgress(
                        FileProgress.newContentId(),
                        source.source(),
                        path,
                        path,
                        file.id(),
                        end,
                        List.of(),
                        false,
                        0,
                        UNKNOWN,
                        UNKNOWN));
                done.add(line(source.source(), path, ReadPosition.START, end));
            }
        }

        private static String line(String source, String path, ReadPosition from, ReadPosition to) {
            return source + ": " + path + ": from byte " + from.offset() + " to byte " + to.offset();
        }

        private FileProgress moved(FileProgress content, String path, ReadPosition position, long missingSinceMs) {
            return new FileProgress(
                    content.contentId(),
                    content.source(),
                    content.file(),
                    path,
                    content.id(),
                    position,
                    position.offset() == 0 ? sentBefore(content) : List.of(),
                    false,
                    missingSinceMs,
                    UNKNOWN,
                    UNKNOWN);
        }

        /**
         * All lines that were ever sent, as lines of which it is not known whether they were. So the agent recognises the content
         * before it sends any of them, and keeps its identity.
         */
        private List<SentLines> sentBefore(FileProgress content) {
            List<SentLines> sent = new ArrayList<>();
            if (content.acknowledged().offset() > 0) {
                long readMs =
                        content.sent().stream().mapToLong(SentLines::readMs).reduce(wallMs, Math::min);
                sent.add(new SentLines(content.acknowledged(), readMs));
            }
            sent.addAll(content.sent());
            return sent;
        }
    }
}
