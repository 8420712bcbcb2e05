package io.tailrace.agent.tail;

import io.tailrace.agent.tail.FileId.Stat;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the files that globs match. A path that cannot be read is logged once, and tried again at every call. Not
 * thread-safe.
 */
final class FileFinder {
    private static final Logger log = LoggerFactory.getLogger(FileFinder.class);

    /** Of {@code st_mode}: inode(7). */
    private static final int FILE_TYPE_MASK = 0170000;

    private static final int NAMED_PIPE = 0010000;
    private static final String EXCLUDED = "everything that matches is excluded";

    private final Directories directories;
    /** What matches each of them and is not excluded. */
    private final Map<Glob, PathMatcher> globs = new LinkedHashMap<>();

    private final List<PathMatcher> excludedPaths;
    private final List<PathMatcher> excludedNames;
    /** Paths of which a failure was logged. */
    private final Set<Path> unreadable = new TreeSet<>();

    /** Those that failed since the directories were last listed. */
    private final Set<Path> failedNow = new HashSet<>();

    /** Why globs matched nothing when directories were last listed. */
    private Map<String, String> unmatched = Map.of();
    /** Named pipes that globs without a wildcard name. */
    private final Map<FileId, Stat> pipes = new LinkedHashMap<>();
    /** What globs without a wildcard name that is not a regular file. */
    private final Map<String, String> irregular = new HashMap<>();

    FileFinder(FileSystem fileSystem, Directories directories, FileSelection files) {
        this.directories = directories;
        files.globs().stream()
                .filter(glob -> !glob.equals(FileSelection.STANDARD_INPUT))
                .map(glob -> Glob.of(fileSystem, glob))
                .forEach(glob -> globs.put(glob, path -> glob.matcher.matches(path) && !isExcluded(path)));
        excludedPaths = files.exclude().stream()
                .filter(glob -> glob.startsWith("/"))
                .map(glob -> Glob.of(fileSystem, glob).matcher)
                .toList();
        excludedNames = files.exclude().stream()
                .filter(glob -> !glob.startsWith("/"))
                .map(glob -> fileSystem.getPathMatcher("glob:" + glob))
                .toList();
    }

    private boolean isExcluded(Path file) {
        return excludedPaths.stream().anyMatch(glob -> glob.matches(file))
                || excludedNames.stream().anyMatch(glob -> glob.matches(file.getFileName()));
    }

    /**
     * A glob.
     *
     * @param text as it is configured
     * @param base the directory above its first wildcard
     * @param depth how deep below it a match can be
     * @param isExact whether it has no wildcard
     */
    private record Glob(String text, Path base, int depth, boolean isExact, PathMatcher matcher) {
        static Glob of(FileSystem fileSystem, String text) {
            String glob = normalized(fileSystem, text);
            int wildcard = firstWildcard(glob);
            String fixed = glob.substring(0, glob.lastIndexOf('/', wildcard) + 1);
            String rest = glob.substring(fixed.length());
            int depth = rest.contains("**")
                    ? Integer.MAX_VALUE
                    : 1 + (int) rest.chars().filter(c -> c == '/').count();
            return new Glob(
                    text,
                    fileSystem.getPath(fixed),
                    depth,
                    wildcard == glob.length(),
                    fileSystem.getPathMatcher("glob:" + glob));
        }

        /** Without empty names, {@code .} and {@code ..}, which no path that is found has. */
        private static String normalized(FileSystem fileSystem, String glob) {
            Deque<String> names = new ArrayDeque<>();
            for (String name : glob.split("/", -1)) {
                if (name.equals("..")) {
                    names = parent(fileSystem, names);
                } else if (!name.isEmpty() && !name.equals(".")) {
                    names.addLast(name);
                }
            }
            return "/" + String.join("/", names);
        }

        /** The directory above another one: of the one that it links to, if it is a link. */
        private static Deque<String> parent(FileSystem fileSystem, Deque<String> names) {
            Path directory = fileSystem.getPath("/" + String.join("/", names));
            try {
                directory = directory.toRealPath();
            } catch (IOException e) {
                log.debug("not there yet, taken as it is written: {}", directory, e);
            }
            Deque<String> above = new ArrayDeque<>();
            directory.forEach(name -> above.addLast(name.toString()));
            above.pollLast();
            return above;
        }

        private static int firstWildcard(String glob) {
            for (int at = 0; at < glob.length(); at++) {
                if ("*?[{\\".indexOf(glob.charAt(at)) >= 0) {
                    return at;
                }
            }
            return glob.length();
        }
    }

    /**
     * The regular files that match now, sorted by name. A file with several names is listed once.
     *
     * @param steadyMs identifies the scan
     */
    Map<FileId, Stat> find(long steadyMs) {
        // What can be read again, or is gone, did not fail since the last time.
        unreadable.retainAll(failedNow);
        failedNow.clear();
        pipes.clear();
        List<Stat> found = new ArrayList<>();
        Map<String, String> unmatchedNow = new LinkedHashMap<>();
        globs.forEach((glob, included) -> {
            int foundBefore = found.size() + pipes.size();
            new Walk(glob, included, steadyMs, found).walk(glob.base, glob.depth);
            if (found.size() + pipes.size() == foundBefore) {
                unmatchedNow.put(glob.text, irregular.getOrDefault(glob.text, "no file matches"));
            }
        });
        setUnmatched(unmatchedNow);
        found.sort(Comparator.comparing(Stat::path));
        Map<FileId, Stat> byId = new LinkedHashMap<>();
        found.forEach(stat -> byId.putIfAbsent(stat.id(), stat));
        return byId;
    }

    /** A walk through the directories that a glob leads to. */
    private final class Walk {
        private final Glob glob;
        private final PathMatcher included;
        private final long steadyMs;
        private final List<Stat> found;
        /** The directories above the current one, to stop at a link to one of them. */
        private final Set<Object> above = new HashSet<>();

        private Walk(Glob glob, PathMatcher included, long steadyMs, List<Stat> found) {
            this.glob = glob;
            this.included = included;
            this.steadyMs = steadyMs;
            this.found = found;
        }

        private void walk(Path path, int depth) {
            Directory directory;
            try {
                directory = directories.at(path, steadyMs);
            } catch (IOException e) {
                setUnreadable(path, e);
                return;
            }
            if (!above.add(directory.key())) {
                setUnreadable(path, new FileSystemLoopException(path.toString()));
                return;
            }
            List<Directory.Entry> matching = directory.matching(included);
            matching.forEach(this::take);
            if (matching.size() < directory.matching(glob.matcher).size()) {
                irregular.putIfAbsent(glob.text, EXCLUDED);
            }
            if (depth > 1) {
                for (Directory.Entry entry : List.copyOf(directory.entries())) {
                    if (kind(entry) == Directory.Kind.DIRECTORY) {
                        walk(entry.path(), depth - 1);
                    }
                }
            }
            above.remove(directory.key());
        }

        private void take(Directory.Entry entry) {
            Directory.Kind kind = kind(entry);
            if (kind == Directory.Kind.FILE) {
                found.add(entry.stat());
            } else if (glob.isExact && kind == Directory.Kind.OTHER && isNamedPipe(entry.path())) {
                addPipe(entry.path());
            } else if (glob.isExact && kind != Directory.Kind.GONE) {
                irregular.put(glob.text, description(kind));
            }
        }
    }

    /** The agent's own standard output, as what {@code /dev/stdout} links to may be, is none. */
    private static boolean isNamedPipe(Path file) {
        try {
            Path real = file.toRealPath();
            return Files.getAttribute(real, "unix:mode") instanceof Integer mode
                    && (mode & FILE_TYPE_MASK) == NAMED_PIPE
                    && !real.startsWith("/dev")
                    && !real.startsWith("/proc");
        } catch (IOException e) {
            log.debug("not a named pipe: {}", file, e);
            return false;
        }
    }

    private void addPipe(Path file) {
        try {
            Stat stat = FileId.stat(file);
            pipes.put(stat.id(), stat);
        } catch (IOException e) {
            setUnreadable(file, e);
        }
    }

    /** The named pipes that globs without a wildcard name, as of the last call of {@link #find}. */
    Map<FileId, Stat> pipes() {
        return Collections.unmodifiableMap(pipes);
    }

    /** Whether files are expected: paths are not just standard input and named pipes. */
    boolean expectsFiles() {
        return !globs.isEmpty() && pipes.isEmpty();
    }

    /** What an entry is; as if it was gone if that cannot be read. */
    private Directory.Kind kind(Directory.Entry entry) {
        try {
            return entry.kind();
        } catch (IOException e) {
            setUnreadable(entry.path(), e);
            return Directory.Kind.GONE;
        }
    }

    private static String description(Directory.Kind kind) {
        return kind == Directory.Kind.DIRECTORY
                ? "is a directory: expected its files, as in DIRECTORY/*.log"
                : "is a device or a socket: expected a regular file or a named pipe";
    }

    private void setUnmatched(Map<String, String> now) {
        now.forEach((glob, reason) -> {
            if (!reason.equals(unmatched.get(glob))) {
                log.warn("nothing to follow: {}: {}", glob, reason);
            }
        });
        unmatched.keySet().stream()
                .filter(glob -> !now.containsKey(glob))
                .forEach(glob -> log.info("files match now: {}", glob));
        unmatched = now;
        irregular.clear();
    }

    /** Configured paths for which the last call of {@link #find} found nothing, and those that cannot be read, each with the reason. */
    List<String> problems() {
        List<String> problems = new ArrayList<>();
        unmatched.forEach((glob, reason) -> problems.add(glob + ": " + reason));
        unreadable.forEach(path -> problems.add(path + ": cannot be read"));
        return problems;
    }

    /**
     * The regular files in a directory, sorted by name, whether or not a glob matches them.
     *
     * @param steadyMs identifies the scan
     */
    List<Stat> files(Path directory, long steadyMs) {
        List<Stat> found = new ArrayList<>();
        try {
            for (Directory.Entry entry : directories.at(directory, steadyMs).entries()) {
                if (isFile(entry)) {
                    found.add(entry.stat());
                }
            }
        } catch (IOException e) {
            setUnreadable(directory, e);
        }
        return found;
    }

    /** What cannot be read and matches no glob is nobody's log. */
    private static boolean isFile(Directory.Entry entry) {
        try {
            return entry.kind() == Directory.Kind.FILE;
        } catch (IOException e) {
            log.debug("not known what it is: {}", entry.path(), e);
            return false;
        }
    }

    /** Paths that could not be read when that was last tried, in their order. */
    Set<Path> unreadablePaths() {
        return Collections.unmodifiableSet(unreadable);
    }

    void setReadable(Path path) {
        failedNow.remove(path);
        if (unreadable.remove(path)) {
            log.info("file can be read again: {}", path);
        }
    }

    /** Logs why a path cannot be read, unless that was logged before or the path is gone. */
    void setUnreadable(Path path, IOException e) {
        // Whether a path exists is not known if the directory above it may not be entered.
        if (Files.notExists(path)) {
            return;
        }
        failedNow.add(path);
        if (unreadable.add(path)) {
            log.warn("cannot read {}, trying again at every scan: {}", path, e.toString());
        }
    }
}
