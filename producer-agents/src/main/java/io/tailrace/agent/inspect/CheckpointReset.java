package io.tailrace.agent.inspect;

import io.tailrace.agent.checkpoint.AgentCheckpointFile;
import io.tailrace.agent.checkpoint.Checkpoint;
import io.tailrace.agent.checkpoint.DataDirectoryLock;
import io.tailrace.agent.tail.FileProgress;
import io.tailrace.agent.tail.FoundFiles;
import io.tailrace.agent.tail.FoundFiles.FoundFile;
import io.tailrace.agent.tail.Moment;
import io.tailrace.agent.tail.ReadPosition;
import io.tailrace.agent.tail.TailConfig;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Sets how far files were read, in the checkpoint of an agent that does not run. */
public final class CheckpointReset {
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
     * Sets the positions of files, and writes the checkpoint.
     *
     * @return one line for each file that was set
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
            List<String> done = new ArrayList<>();
            List<FileProgress> files = changed(before, selection, target, done);
            if (done.isEmpty()) {
                throw new IllegalArgumentException("--path=" + selection.path
                        + ": no file of the checkpoint has this path; see 'tailrace agent checkpoint show'");
            }
            file.write(
                    new Checkpoint(before.agent(), files, before.sources(), before.audit(), before.readUpToMs()),
                    now.steadyMs());
            return done;
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

    private List<FileProgress> changed(Checkpoint before, Selection selection, Target target, List<String> done)
            throws IOException {
        Map<String, Map<Object, FoundFile>> there = new LinkedHashMap<>();
        for (TailConfig source : sources.values()) {
            Map<Object, FoundFile> byId = new LinkedHashMap<>();
            FoundFiles.of(source, fileSystem).files().forEach(file -> byId.put(file.id(), file));
            there.put(source.source(), byId);
        }
        List<FileProgress> files = new ArrayList<>();
        for (FileProgress file : before.files()) {
            FoundFile found = there.getOrDefault(file.source(), Map.of()).remove(file.id());
            if (!selection.includes(
                    file.source(), found == null ? file.path() : found.path().toString())) {
                files.add(file);
            } else {
                set(file, found, target, done).ifPresent(files::add);
            }
        }
        if (target == Target.END) {
            for (Map.Entry<String, Map<Object, FoundFile>> source : there.entrySet()) {
                for (FoundFile file : source.getValue().values()) {
                    if (selection.includes(source.getKey(), file.path().toString())) {
                        FileProgress fresh = fresh(source.getKey(), file);
                        set(fresh, file, target, done).ifPresent(files::add);
                    }
                }
            }
        }
        return files;
    }

    private static FileProgress fresh(String source, FoundFile file) {
        String path = file.path().toString();
        return new FileProgress(
                FileProgress.newContentId(),
                source,
                path,
                path,
                file.id(),
                ReadPosition.START,
                List.of(),
                false,
                0,
                -1,
                -1);
    }

    /** A file that is gone is forgotten: whatever turns up is new. */
    private Optional<FileProgress> set(FileProgress file, @Nullable FoundFile found, Target target, List<String> done)
            throws IOException {
        if (found == null) {
            done.add(file.source() + ": " + file.path() + ": forgotten, as the file is gone");
            return Optional.empty();
        }
        TailConfig source = Objects.requireNonNull(sources.get(file.source()), "found by its configuration");
        ReadPosition position = target == Target.END ? FoundFiles.endOf(found, source) : ReadPosition.START;
        done.add(file.source() + ": " + found.path() + ": from byte "
                + file.acknowledged().offset() + " to byte " + position.offset());
        return Optional.of(new FileProgress(
                file.contentId(),
                file.source(),
                file.file(),
                found.path().toString(),
                found.id(),
                position,
                List.of(),
                false,
                0,
                -1,
                -1));
    }
}
