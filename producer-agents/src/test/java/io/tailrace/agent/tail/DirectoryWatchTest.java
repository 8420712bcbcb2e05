package io.tailrace.agent.tail;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.agent.tail.FileId.Stat;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is found with the kernel's reports is what a look at every file finds. */
class DirectoryWatchTest {
    private static final int NEVER = Integer.MAX_VALUE;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final DirectoryWatch watch = DirectoryWatch.ofKernel();

    @SuppressWarnings("NullAway.Init")
    private FileFinder watched;

    @SuppressWarnings("NullAway.Init")
    private FileFinder listed;

    private Random random = new Random();
    private long scan;

    @BeforeEach
    void startToWatch() throws IOException {
        Files.createDirectories(folder.resolve("logs/old"));
        Files.createDirectories(folder.resolve("elsewhere"));
        watched = finder(new Directories(watch, NEVER));
        listed = finder(Directories.of(false));
    }

    @AfterEach
    void stopToWatch() {
        watch.close();
    }

    private FileFinder finder(Directories directories) {
        return new FileFinder(
                FileSystems.getDefault(),
                directories,
                new FileSelection(
                        List.of(folder + "/logs/*.log*", folder + "/logs/**/access*", folder + "/logs/exact.log"),
                        List.of("*.1"),
                        FileSelection.StartAt.BEGINNING,
                        0));
    }

    private Path log(String name) {
        return folder.resolve("logs").resolve(name);
    }

    private void expectTheSame(String about) {
        Awaitility.await(about).untilAsserted(() -> {
            scan++;
            Map<FileId, Stat> expected = listed.find(scan);
            assertThat(watched.find(scan)).as(about).isEqualTo(expected);
            assertThat(watched.problems()).as(about).isEqualTo(listed.problems());
        });
    }

    @Test
    void randomHistoryIsFoundAsByALookAtEveryFile() throws IOException {
        long seed = Long.getLong("seed", new Random().nextLong());
        random = new Random(seed);
        for (int round = 0; round < 60; round++) {
            StringBuilder moves = new StringBuilder("seed " + seed + ", round " + round + ":");
            for (int move = random.nextInt(5); move >= 0; move--) {
                moves.append(' ').append(move());
            }
            expectTheSame(moves.toString());
        }
    }

    private String move() throws IOException {
        String name = name();
        Path file = log(name);
        int move = random.nextInt(9);
        switch (move) {
            case 0, 1, 2 -> write(file);
            case 3 -> {
                if (Files.exists(file)) {
                    Path other = log(name());
                    Files.createDirectories(other.getParent());
                    Files.move(file, other, StandardCopyOption.REPLACE_EXISTING);
                }
            }
            case 4 -> Files.deleteIfExists(file);
            case 5 -> {
                Path target = folder.resolve("elsewhere/" + random.nextInt(3));
                write(target);
                Files.createDirectories(file.getParent());
                Files.deleteIfExists(file);
                Files.createSymbolicLink(file, target);
            }
            case 6 -> write(folder.resolve("elsewhere/" + random.nextInt(3)));
            case 7 -> {
                // A directory of the same name takes another one's place.
                Path old = folder.resolve("logs/old");
                if (random.nextBoolean()) {
                    deleteAll(old);
                } else {
                    Files.move(old, folder.resolve("elsewhere/old" + random.nextLong()));
                }
                Files.createDirectories(old);
            }
            default -> {
                if (Files.isRegularFile(file)) {
                    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                        channel.truncate(random.nextInt(10));
                    }
                }
            }
        }
        return move + "(" + name + ")";
    }

    private String name() {
        return List.of("exact.log", "a.log", "a.log.1", "other", "old/access.log", "old/access.1", "old/new/access")
                .get(random.nextInt(7));
    }

    private void write(Path file) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(
                file, "x".repeat(1 + random.nextInt(9)), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private static void deleteAll(Path directory) throws IOException {
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    @Test
    void quietFilesAreNotLookedAtAgain() throws IOException {
        Files.writeString(log("a.log"), "one\n");
        watched.find(++scan);
        Awaitility.await().until(() -> watch.changed(folder.resolve("logs")).isPresent());
        Stat stat = watched.find(++scan).values().iterator().next();
        assertThat(watched.find(++scan).values().iterator().next()).isSameAs(stat);
        assertThat(watch.changed(folder.resolve("logs"))).hasValue(Set.of());
    }

    @Test
    void directoryThatIsWrittenToAllTheTimeIsNotWatchedAnyLonger() throws IOException {
        Path log = Files.writeString(log("a.log"), "");
        watched.find(++scan);
        Awaitility.await().until(() -> {
            for (int event = 0; event < DirectoryWatch.EVENTS_MAX; event++) {
                Files.setLastModifiedTime(log, FileTime.fromMillis(event));
                Files.writeString(log, "x", StandardOpenOption.APPEND);
            }
            return watch.changed(folder.resolve("logs")).isEmpty();
        });
        expectTheSame("after many events");
        assertThat(watch.changed(folder.resolve("logs"))).isEmpty();
    }

    @Test
    void filesAreListedNowAndThenThoughNothingIsReported() throws IOException {
        FileFinder finder = finder(new Directories(watch, Directories.LIST_SCANS));
        Path log = Files.writeString(log("a.log"), "one\n");
        finder.find(++scan);
        Files.writeString(log, "two\n", StandardOpenOption.APPEND);
        // Takes the report away, as if there was none.
        Awaitility.await()
                .until(() ->
                        !watch.changed(folder.resolve("logs")).orElseThrow().isEmpty());
        for (int scans = 1; scans < Directories.LIST_SCANS; scans++) {
            finder.find(++scan);
        }
        assertThat(finder.find(++scan).values()).singleElement().satisfies(stat -> assertThat(stat.sizeBytes())
                .isEqualTo(8));
    }

    @Test
    void linkToADirectoryAboveItIsAProblemAndNotALoop() throws IOException {
        Files.writeString(log("old/access.log"), "one\n");
        Files.createSymbolicLink(log("old/again"), folder.resolve("logs"));
        expectTheSame("with a loop");
        assertThat(watched.find(++scan)).hasSize(1);
        assertThat(watched.problems()).contains(log("old/again") + ": cannot be read");
    }
}
