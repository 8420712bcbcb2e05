package io.tailrace.agent;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Why the agent that runs does not send lines, in a file of its data directory: a line for each problem, and no file if there is
 * none. {@code tailrace agent --status}, another process, reads it. Not thread-safe.
 */
final class ProblemsFile {
    private static final Logger log = LoggerFactory.getLogger(ProblemsFile.class);

    private static final String FILE = "problems.txt";
    private static final long PAUSE_MS = 10_000;

    private final Path file;
    /** What the file has; null if that is not known, as an earlier agent may have left it. */
    private @Nullable List<String> written;

    private long writtenMs;
    private boolean hasFailed;

    ProblemsFile(Path dataDirectory) {
        file = dataDirectory.resolve(FILE);
    }

    /**
     * Brings the file up to date, at most once in {@link #PAUSE_MS} while there are problems, since they say for how long they have
     * lasted. If that fails, the agent goes on: the problems are in its log as well.
     */
    void write(List<String> problems, long steadyMs) {
        boolean hasProblems = written != null && !written.isEmpty() && !problems.isEmpty();
        if (problems.equals(written) || (hasProblems && steadyMs - writtenMs < PAUSE_MS)) {
            return;
        }
        written = problems;
        writtenMs = steadyMs;
        try {
            if (problems.isEmpty()) {
                Files.deleteIfExists(file);
            } else {
                Path temporary = file.resolveSibling(FILE + ".tmp");
                List<String> lines = problems.stream()
                        .map(problem -> problem.replaceAll("\\R", " "))
                        .toList();
                Files.write(temporary, lines, StandardCharsets.UTF_8);
                Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            }
            hasFailed = false;
        } catch (IOException e) {
            if (!hasFailed) {
                log.warn(
                        "--status does not show what keeps lines from being sent, as the file cannot be written: {}",
                        file,
                        e);
            }
            hasFailed = true;
        }
    }

    /** The problems of the agent that runs in a data directory, each behind the time when it was written; empty if there are none. */
    static List<String> read(Path dataDirectory) throws IOException {
        Path file = dataDirectory.resolve(FILE);
        try {
            String writtenAt = Files.getLastModifiedTime(file).toString();
            return Files.readAllLines(file, StandardCharsets.UTF_8).stream()
                    .map(problem -> writtenAt + " " + problem)
                    .toList();
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }
}
