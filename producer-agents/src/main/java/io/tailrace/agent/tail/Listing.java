package io.tailrace.agent.tail;

import io.tailrace.agent.tail.FileId.Stat;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the files that globs name. What cannot be looked at is logged once, until it can be, and tried again with
 * every listing.
 */
final class Listing {
    private static final Logger log = LoggerFactory.getLogger(Listing.class);

    private final List<Pattern> patterns;
    private final Set<Path> unreadable = new HashSet<>();

    Listing(List<String> globs) {
        patterns = globs.stream().map(Pattern::of).toList();
    }

    /** One glob: the directory above its first wildcard, and how deep below it a match can be. */
    private record Pattern(Path base, int depth, PathMatcher matcher) {
        static Pattern of(String glob) {
            int wildcard = firstWildcard(glob);
            String fixed = glob.substring(0, glob.lastIndexOf('/', wildcard) + 1);
            String rest = glob.substring(fixed.length());
            int depth = rest.contains("**")
                    ? Integer.MAX_VALUE
                    : 1 + (int) rest.chars().filter(c -> c == '/').count();
            return new Pattern(
                    Path.of(fixed).normalize(), depth, FileSystems.getDefault().getPathMatcher("glob:" + glob));
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

    /** The regular files that match now, each once, by the place that holds them, in the order of their names. */
    Map<FileId, Stat> list() {
        List<Stat> found = new ArrayList<>();
        for (Pattern pattern : patterns) {
            try {
                Files.walkFileTree(
                        pattern.base, EnumSet.of(FileVisitOption.FOLLOW_LINKS), pattern.depth, visitor(pattern, found));
            } catch (IOException e) {
                unreadable(pattern.base, e);
            }
        }
        found.sort(Comparator.comparing(Stat::path));
        Map<FileId, Stat> byId = new LinkedHashMap<>();
        found.forEach(stat -> byId.putIfAbsent(stat.id(), stat));
        return byId;
    }

    private SimpleFileVisitor<Path> visitor(Pattern pattern, List<Stat> found) {
        return new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (attributes.isRegularFile() && pattern.matcher.matches(file)) {
                    look(file, found);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
                unreadable(file, e);
                return FileVisitResult.CONTINUE;
            }
        };
    }

    /** The regular files beside a path, for one that has left what the globs name. */
    List<Stat> beside(Path path) {
        List<Stat> found = new ArrayList<>();
        Path directory = path.getParent();
        if (directory == null) {
            return found;
        }
        try (Stream<Path> siblings = Files.list(directory)) {
            siblings.filter(Files::isRegularFile).sorted().forEach(file -> look(file, found));
        } catch (IOException e) {
            unreadable(directory, e);
        }
        return found;
    }

    private void look(Path file, List<Stat> found) {
        try {
            found.add(FileId.stat(file));
        } catch (IOException e) {
            unreadable(file, e);
        }
    }

    void readable(Path path) {
        if (unreadable.remove(path)) {
            log.info("{} can be read now", path);
        }
    }

    void unreadable(Path path, IOException e) {
        if (Files.exists(path) && unreadable.add(path)) {
            log.warn("cannot read {}, will try again: {}", path, e.toString());
        }
    }
}
