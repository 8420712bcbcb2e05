package io.tailrace.agent.tail;

import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The files that a source's globs match now, for commands that look at files and follow none. Immutable.
 *
 * @param files regular files, sorted by name; a file with several names once
 * @param pipes named pipes
 * @param problems globs that match nothing and paths that cannot be read, each with the reason
 */
public record FoundFiles(List<FoundFile> files, List<Path> pipes, List<String> problems) {
    public FoundFiles {
        files = List.copyOf(files);
        pipes = List.copyOf(pipes);
        problems = List.copyOf(problems);
    }

    /**
     * A file.
     *
     * @param sizeBytes its size, compressed if it is an archive
     * @param modifiedMs when it was last written to
     * @param isArchive whether its name is that of an archive
     */
    public record FoundFile(Path path, FileId id, long sizeBytes, long modifiedMs, boolean isArchive) {
        private static FoundFile of(FileId.Stat stat) {
            return new FoundFile(stat.path(), stat.id(), stat.sizeBytes(), stat.modifiedMs(), stat.isNamedArchive());
        }
    }

    /** Lists the directories of a source. */
    public static FoundFiles of(TailConfig config, FileSystem fileSystem) {
        try (Directories directories = Directories.of(false)) {
            FileFinder finder = new FileFinder(fileSystem, directories, config.files());
            List<FoundFile> files = finder.find(Moment.now().steadyMs()).values().stream()
                    .map(FoundFile::of)
                    .toList();
            List<Path> pipes =
                    finder.pipes().values().stream().map(FileId.Stat::path).toList();
            return new FoundFiles(files, pipes, finder.problems());
        }
    }

    /**
     * Which file holds each content of a checkpoint, as an agent decides at its start: by the file's number, which the file system may
     * have given to another file since, and by the fingerprint of what was read. Of an archive only the beginning is compared, as the
     * rest may take long.
     *
     * @param contents of the source
     * @return files by the identity of the content; each holds one content at most
     */
    public Map<String, FoundFile> holders(List<FileProgress> contents) {
        Map<FileId, FoundFile> free = new HashMap<>();
        files.forEach(file -> free.put(file.id(), file));
        Map<String, FoundFile> holders = new HashMap<>();
        // The number of a file that was missed is more likely another one's now.
        contents.stream().sorted(Comparator.comparing(FoundFiles::isMissing)).forEach(content -> {
            FoundFile file = free.get(content.id());
            if (file != null && holds(file, content)) {
                holders.put(content.contentId(), file);
                free.remove(file.id());
            }
        });
        return holders;
    }

    private static boolean isMissing(FileProgress content) {
        return content.missingSinceMs() != 0;
    }

    private static boolean holds(FoundFile file, FileProgress content) {
        if (content.closedSizeBytes() == file.sizeBytes() && content.closedModifiedMs() == file.modifiedMs()) {
            return true;
        }
        Acknowledgements known = new Acknowledgements(content.acknowledged(), content.sent());
        try (Content opened = Content.open(file.path())) {
            return opened.isCompressed()
                    ? ReadCursor.beginsAs(opened, known.fingerprint())
                    : ReadCursor.resume(opened, known.fingerprint()).isPresent() && known.mayBeIn(opened);
        } catch (IOException e) {
            // Nothing but the number is known of a file that cannot be read.
            return !isMissing(content);
        }
    }

    /**
     * The position behind the last whole line of a file, for whoever wants to skip what is there. Decompresses an archive to its end.
     *
     * @throws IOException if the file cannot be read, or changes meanwhile
     */
    public static ReadPosition endOf(FoundFile file, TailConfig config) throws IOException {
        try (Content content = Content.open(file.path())) {
            return FileEnd.of(content, config.newline());
        }
    }
}
