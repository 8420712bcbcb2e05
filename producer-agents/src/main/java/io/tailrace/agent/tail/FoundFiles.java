package io.tailrace.agent.tail;

import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Path;
import java.util.List;

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
     * The position behind the last whole line of a file, for whoever wants to skip what is there. Decompresses an archive to its end.
     *
     * @throws IOException if the file cannot be read, or changes meanwhile
     */
    public static ReadPosition endOf(FoundFile file, TailConfig config) throws IOException {
        try (Content content = Content.open(file.path())) {
            boolean isAtEnd = false;
            while (!isAtEnd) {
                isAtEnd = content.advanceTo(Long.MAX_VALUE);
            }
            return FileEnd.of(content, config.newline());
        }
    }
}
