package io.tailrace.agent.tail;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileFinderTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @BeforeEach
    void makeLogs() throws IOException {
        Files.createDirectories(folder.resolve("nginx/old"));
        Files.writeString(folder.resolve("nginx/access.log"), "one\n");
        Files.writeString(folder.resolve("nginx/old/access.log"), "two\n");
    }

    private List<String> found(FileFinder finder) {
        return finder.find().values().stream()
                .map(stat -> folder.relativize(stat.path()).toString())
                .toList();
    }

    @Test
    void pathsAreNormalized() {
        for (String glob : List.of(
                "//nginx/*.log",
                "/nginx/../nginx/access.log",
                "/./nginx/access.log",
                "/nginx//access.log",
                "/nginx/ac*.log/")) {
            FileFinder finder = new FileFinder(FileSystems.getDefault(), List.of(folder + glob));
            assertThat(found(finder)).as(glob).containsExactly("nginx/access.log");
            assertThat(finder.problems()).as(glob).isEmpty();
        }
        assertThat(found(new FileFinder(FileSystems.getDefault(), List.of(folder + "/**/access.log"))))
                .containsExactly("nginx/access.log", "nginx/old/access.log");
    }

    @Test
    void pathThatMatchesNothingIsAProblemUntilItMatches() throws IOException {
        String typo = folder + "/nginx/acces.log";
        String missing = folder + "/apache/*.log";
        FileFinder finder =
                new FileFinder(FileSystems.getDefault(), List.of(typo, missing, folder + "/nginx/access.log"));
        assertThat(found(finder)).containsExactly("nginx/access.log");
        assertThat(finder.problems()).containsExactly(typo + ": no file matches", missing + ": no file matches");
        Files.writeString(Path.of(typo), "three\n");
        assertThat(found(finder)).hasSize(2);
        assertThat(finder.problems()).containsExactly(missing + ": no file matches");
    }

    @Test
    void whatIsNotARegularFileIsAProblemIfItIsNamed() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("nginx/stdout.log"), Path.of("/dev/null"));
        FileFinder finder = new FileFinder(
                FileSystems.getDefault(), List.of(link.toString(), folder + "/nginx/old", folder + "/nginx/*"));
        assertThat(found(finder)).containsExactly("nginx/access.log");
        assertThat(finder.problems())
                .containsExactly(
                        link + ": is a pipe, a device or a socket: expected a regular file",
                        folder + "/nginx/old: is a directory: expected its files, as in DIRECTORY/*.log");
    }

    @Test
    void directoryAboveALinkIsThatOfItsTarget() throws IOException {
        Files.createDirectories(folder.resolve("var"));
        Files.createSymbolicLink(folder.resolve("var/current"), folder.resolve("nginx/old"));
        assertThat(found(new FileFinder(FileSystems.getDefault(), List.of(folder + "/var/current/../access.log"))))
                .hasSize(1);
    }
}
