package io.tailrace.agent.tail;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.agent.tail.FileId.Stat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** New files are compared with the contents that they may hold, and with few others. */
class RotationCandidatesTest {
    private static final int FILES = 3_000;
    private static final int OPEN_MAX = 100;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final FollowedFiles followed = new FollowedFiles();
    private final OpenFiles openFiles = new OpenFiles(OPEN_MAX);

    @Test
    void numberedFilesAreComparedWithNoneThatBeginDifferently() throws IOException {
        assertThat(comparisonsOfFirstScan("line of ")).isLessThanOrEqualTo(FILES);
    }

    @Test
    void numberedFilesThatAllBeginAlikeAreComparedOnce() throws IOException {
        assertThat(comparisonsOfFirstScan("")).isLessThanOrEqualTo(FILES);
    }

    /** @param own what only one file has in its first line, before its name; empty if all have the same */
    private long comparisonsOfFirstScan(String own) throws IOException {
        for (int number = 1; number <= FILES; number++) {
            String name = "app-" + number + ".log";
            Files.writeString(folder.resolve(name), (own.isEmpty() ? "the same" : own + name) + "\n");
        }
        TailConfig config = new TailConfig(
                "web",
                FileSelection.of(List.of(folder + "/*.log")),
                StandardCharsets.UTF_8,
                1_000,
                1_000,
                1_000,
                1_000,
                1_000);
        try (Directories directories = Directories.of(false)) {
            TailResources shared = new TailResources(FileSystems.getDefault(), directories, openFiles);
            FileFinder finder = new FileFinder(FileSystems.getDefault(), directories, config.files());
            SourceFiles files = new SourceFiles(config, finder, shared, new ReadTurns(1), List.of());
            files.scan(Moment.now());
            assertThat(files.followed()).hasSize(FILES);
            files.close();
            return files.comparisons();
        }
    }

    /** To find them by names and bytes is the same as to look at each. */
    @Test
    void findsAllThatBeginLikeAFile() throws IOException {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            FollowedFile file = random.nextBoolean() ? read(random) : restored(random);
            followed.add(file);
            RotationCandidates candidates = new RotationCandidates(followed);
            for (int query = 0; query < 5; query++) {
                assertFindsAll(candidates, name(random), head(random), "seed " + seed);
            }
        }
    }

    private void assertFindsAll(RotationCandidates candidates, String name, Head head, String seed) throws IOException {
        List<FollowedFile> found = candidates.of(name, false).thatMayBeginLike(head, true);
        List<FollowedFile> alike = new ArrayList<>();
        List<FollowedFile> undecided = new ArrayList<>();
        for (FollowedFile file : followed.all()) {
            if (RotationMatcher.isRotatedName(name, file.fileName())) {
                Optional<Boolean> like =
                        head.length() == 0 ? Optional.empty() : file.known().beginsLike(head, null);
                if (like.isEmpty()) {
                    undecided.add(file);
                } else if (like.get()) {
                    alike.add(file);
                }
            }
        }
        assertThat(found).as(seed).containsAll(alike).isSortedAccordingTo(followed::compareLongestFirst);
        assertThat(found).as(seed).allMatch(file -> RotationMatcher.isRotatedName(name, file.fileName()));
        if (head.length() > 0) {
            assertThat(undecided.stream().min(followed::compareLongestFirst))
                    .as(seed)
                    .matches(first -> first.map(found::contains).orElse(true));
        } else {
            assertThat(found.isEmpty()).as(seed).isEqualTo(undecided.isEmpty());
        }
    }

    /** A content of which bytes are known, or none. */
    private FollowedFile read(Random random) throws IOException {
        Path path = Path.of("/logs", name(random));
        FollowedFile file = new FollowedFile("web", new Stat(path, id(), 1, 1), openFiles, changed -> {});
        if (random.nextBoolean()) {
            byte[] bytes = bytes(random);
            file.known().cursor().advance(bytes, bytes.length);
        } else {
            file.known().setUnreadHead(head(random));
        }
        return file;
    }

    /** A content of which a hash is known. */
    private FollowedFile restored(Random random) {
        byte[] bytes = bytes(random);
        String hash = bytes.length == 0 ? "" : ReadPosition.hash(bytes, bytes.length);
        ReadPosition position = new ReadPosition(bytes.length, hash, hash);
        String path = "/logs/" + name(random);
        return new FollowedFile(
                new FileProgress("id", "web", path, path, id(), position, List.of(), false, 0, -1, -1),
                FileSystems.getDefault(),
                openFiles,
                changed -> {});
    }

    private FileId id() {
        return new FileId(1, followed.all().size());
    }

    private static String name(Random random) {
        return "log." + (1 + random.nextInt(12)) + (random.nextInt(4) == 0 ? ".old" : "");
    }

    private static byte[] bytes(Random random) {
        byte[] bytes = new byte[random.nextInt(7)];
        for (int at = 0; at < bytes.length; at++) {
            bytes[at] = (byte) (random.nextInt(2) - 1);
        }
        return bytes;
    }

    private Head head(Random random) throws IOException {
        return Head.of(Files.write(folder.resolve("head"), bytes(random)));
    }
}
