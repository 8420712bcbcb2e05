package io.tailrace.systemtests.conformance;

import io.tailrace.systemtests.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What is installed on this machine. */
final class InstalledPrograms {
    /** Debian's packages belong to Debian's Python, which need not be the first on the PATH. */
    private static final String DEBIAN_PYTHON = "/usr/bin/python3";

    private InstalledPrograms() {}

    static boolean isOnPath(String program) {
        return Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    /** What a program prints; empty if it is not installed or fails. */
    static Optional<String> output(Map<String, String> environment, List<String> commandLine) {
        String program = commandLine.get(0);
        if (program.startsWith("/") ? !Files.isExecutable(Path.of(program)) : !isOnPath(program)) {
            return Optional.empty();
        }
        try {
            Command command = Command.run("", environment, commandLine);
            return command.exitCode() == 0 ? Optional.of(command.out().strip()) : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** What a line of Python prints; empty if it fails, such as for a module that is not installed. */
    static Optional<String> python(Map<String, String> environment, String line) {
        return output(environment, List.of(DEBIAN_PYTHON, "-c", line));
    }

    /** The command line of a Python script that leaves no compiled files among the sources. */
    static List<String> pythonScript(String script, String... arguments) {
        return Stream.concat(Stream.of(DEBIAN_PYTHON, "-B", ClientProcess.script(script)), Stream.of(arguments))
                .toList();
    }
}
