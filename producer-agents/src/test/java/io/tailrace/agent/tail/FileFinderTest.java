package io.tailrace.agent.tail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileFinderTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private long scan;

    @BeforeEach
    void makeLogs() throws IOException {
        Files.createDirectories(folder.resolve("nginx/old"));
        Files.writeString(folder.resolve("nginx/access.log"), "one\n");
        Files.writeString(folder.resolve("nginx/old/access.log"), "two\n");
    }

    private FileFinder finder(String... globs) {
        return new FileFinder(FileSystems.getDefault(), Directories.of(false), FileSelection.of(List.of(globs)));
    }

    private List<String> found(FileFinder finder) {
        return finder.find(++scan).values().stream()
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
            FileFinder finder = finder(folder + glob);
            assertThat(found(finder)).as(glob).containsExactly("nginx/access.log");
            assertThat(finder.problems()).as(glob).isEmpty();
        }
        assertThat(found(finder(folder + "/**/access.log")))
                .containsExactly("nginx/access.log", "nginx/old/access.log");
    }

    @Test
    void pathThatMatchesNothingIsAProblemUntilItMatches() throws IOException {
        String typo = folder + "/nginx/acces.log";
        String missing = folder + "/apache/*.log";
        FileFinder finder = finder(typo, missing, folder + "/nginx/access.log");
        assertThat(found(finder)).containsExactly("nginx/access.log");
        assertThat(finder.problems()).containsExactly(typo + ": no file matches", missing + ": no file matches");
        Files.writeString(Path.of(typo), "three\n");
        assertThat(found(finder)).hasSize(2);
        assertThat(finder.problems()).containsExactly(missing + ": no file matches");
    }

    @Test
    void whatIsNotARegularFileIsAProblemIfItIsNamed() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("nginx/stdout.log"), Path.of("/dev/null"));
        FileFinder finder = finder(link.toString(), folder + "/nginx/old", folder + "/nginx/*");
        assertThat(found(finder)).containsExactly("nginx/access.log");
        assertThat(finder.problems())
                .containsExactly(
                        link + ": is a device or a socket: expected a regular file or a named pipe",
                        folder + "/nginx/old: is a directory: expected its files, as in DIRECTORY/*.log");
    }

    @Test
    void linkWhoseTargetCannotBeReadIsAProblemAndALinkToNothingIsNot() throws IOException {
        Path pods = Files.createDirectories(folder.resolve("containers"));
        Files.createSymbolicLink(pods.resolve("ok.log"), folder.resolve("nginx/access.log"));
        Files.createSymbolicLink(pods.resolve("gone.log"), folder.resolve("nginx/gone.log"));
        // As root, everything may be read. This fails for everybody.
        Path link = Files.createSymbolicLink(pods.resolve("loop.log"), Path.of("loop.log"));
        FileFinder finder = finder(pods + "/*.log");
        for (int scans = 0; scans < 2; scans++) {
            assertThat(found(finder)).containsExactly("containers/ok.log");
            assertThat(finder.problems()).containsExactly(link + ": cannot be read");
        }
        assertThat(finder.files(pods, ++scan)).hasSize(1);
        Files.delete(link);
        found(finder);
        found(finder);
        assertThat(finder.problems()).isEmpty();
    }

    @Test
    void directoryThatMayBeListedButNotEnteredIsAProblem() throws IOException {
        Path closed = folder.resolve("nginx/old");
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("r--r--r--"));
        assumeFalse(Files.isExecutable(closed), "root may enter every directory");
        try {
            FileFinder finder = finder(folder + "/nginx/**.log");
            assertThat(found(finder)).containsExactly("nginx/access.log");
            assertThat(finder.problems()).containsExactly(closed.resolve("access.log") + ": cannot be read");
        } finally {
            Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    @Test
    void namedPipeIsFoundByItsExactPath() throws Exception {
        Path pipe = folder.resolve("nginx/access.pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        FileFinder finder = finder(pipe.toString(), "-");
        assertThat(found(finder)).isEmpty();
        assertThat(finder.pipes().values()).singleElement().satisfies(stat -> assertThat(stat.path())
                .isEqualTo(pipe));
        assertThat(finder.problems()).isEmpty();
        FileFinder wildcard = finder(folder + "/nginx/*");
        assertThat(found(wildcard)).containsExactly("nginx/access.log");
        assertThat(wildcard.pipes()).isEmpty();
    }

    /** In images of web servers, logs are links to it. It is a pipe if another program reads it. */
    @Test
    void pipeOfAProcessIsNotANamedPipe() throws Exception {
        Process process = new ProcessBuilder("cat").start();
        try {
            Path link = folder.resolve("nginx/stdout.log");
            Files.createSymbolicLink(link, Path.of("/proc/" + process.pid() + "/fd/0"));
            FileFinder finder = finder(link.toString());
            assertThat(found(finder)).isEmpty();
            assertThat(finder.pipes()).isEmpty();
            assertThat(finder.problems()).singleElement().asString().startsWith(link + ": is a device or a socket");
        } finally {
            process.destroy();
        }
    }

    @Test
    void directoryAboveALinkIsThatOfItsTarget() throws IOException {
        Files.createDirectories(folder.resolve("var"));
        Files.createSymbolicLink(folder.resolve("var/current"), folder.resolve("nginx/old"));
        assertThat(found(finder(folder + "/var/current/../access.log"))).hasSize(1);
    }
}
