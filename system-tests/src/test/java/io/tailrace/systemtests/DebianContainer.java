package io.tailrace.systemtests;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.core.TerminalFailureException;
import org.junit.jupiter.api.Assumptions;

/**
 * A fresh Debian in a folder, which runs with systemd as its first process: what an administrator has. It has file systems,
 * users and processes of its own, and this machine's network. It shuts down if this process ends without a
 * {@link #close}, and its mounts end with it.
 *
 * <p>Requires root, mmdebstrap, systemd-nspawn and a Debian mirror.
 */
final class DebianContainer implements AutoCloseable {
    private static final String RELEASE = "bookworm";
    private static final List<String> PROGRAMS = List.of("mmdebstrap", "systemd-nspawn", "nsenter");
    private static final long DOWNLOAD_SECONDS_MAX = 600;
    private static final long BOOT_SECONDS_MAX = 240;

    /** What a login shell of root has. */
    private static final List<String> ENVIRONMENT = List.of(
            "env",
            "-i",
            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "LANG=C.UTF-8",
            "DEBIAN_FRONTEND=noninteractive");

    private final Path root;
    private final Process process;
    private final long init;

    private DebianContainer(Path root, Process process, long init) {
        this.root = root;
        this.process = process;
        this.init = init;
    }

    /** Why there can be no container here; empty if there can be one. */
    static Optional<String> obstacle() throws IOException, InterruptedException {
        if (!Command.run("", Map.of(), List.of("id", "-u")).out().strip().equals("0")) {
            return Optional.of("a container of Debian needs root");
        }
        for (String program : PROGRAMS) {
            if (Command.run("", Map.of(), List.of("sh", "-c", "command -v " + program))
                            .exitCode()
                    != 0) {
                return Optional.of("a container of Debian needs " + program);
            }
        }
        return Optional.empty();
    }

    /** Downloads and unpacks a minimal Debian with additional packages. Their services are not started. */
    static Command install(Path root, List<String> packages) throws IOException, InterruptedException {
        return Command.run(
                "",
                Map.of(),
                List.of(
                        "mmdebstrap",
                        "--quiet",
                        "--variant=minbase",
                        // Nothing here outlives the test.
                        "--dpkgopt=force-unsafe-io",
                        "--include=systemd-sysv," + String.join(",", packages),
                        RELEASE,
                        root.toString()),
                DOWNLOAD_SECONDS_MAX);
    }

    /** Boots what {@link #install} has unpacked. Aborts the test if this machine does not permit a container. */
    static DebianContainer boot(Path root, Path output) throws IOException {
        Process process = new ProcessBuilder(
                        "setpriv",
                        "--pdeathsig=TERM",
                        "systemd-nspawn",
                        "--register=no",
                        "--keep-unit",
                        "--boot",
                        "--directory=" + root)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        process.getOutputStream().close();
        try {
            await("the first process of " + root)
                    .atMost(Duration.ofSeconds(BOOT_SECONDS_MAX))
                    .failFast("the container has ended; its output is in " + output, () -> !process.isAlive())
                    .until(() -> init(process).isPresent());
            DebianContainer container =
                    new DebianContainer(root, process, init(process).orElseThrow());
            await("the boot of " + root)
                    .atMost(Duration.ofSeconds(BOOT_SECONDS_MAX))
                    .failFast("the container has ended; its output is in " + output, () -> !process.isAlive())
                    .until(() -> List.of("running", "degraded")
                            .contains(container
                                    .run("systemctl", "is-system-running", "--wait")
                                    .out()
                                    .strip()));
            return container;
        } catch (TerminalFailureException e) {
            return Assumptions.abort("systemd-nspawn cannot boot a container here:\n" + ServerProcess.tail(output));
        } catch (RuntimeException | Error e) {
            process.destroyForcibly();
            throw e;
        }
    }

    /** The container's systemd, as this machine numbers it. */
    private static Optional<Long> init(Process nspawn) {
        try (Stream<ProcessHandle> children = nspawn.children()) {
            return children.filter(child -> child.info()
                            .command()
                            .filter(name -> name.endsWith("/systemd"))
                            .isPresent())
                    .map(ProcessHandle::pid)
                    .findFirst();
        }
    }

    /** Runs a program in the container as root. */
    Command run(String... command) throws IOException, InterruptedException {
        List<String> commandLine = new ArrayList<>(List.of("nsenter", "--all", "--target", String.valueOf(init)));
        commandLine.addAll(ENVIRONMENT);
        commandLine.addAll(List.of(command));
        return Command.run("", Map.of(), commandLine, BOOT_SECONDS_MAX);
    }

    /** Runs a line of shell in the container as root, and returns its output. Fails if the line does. */
    String shell(String line) throws IOException, InterruptedException {
        return run("sh", "-ec", line).requireSuccess().strip();
    }

    /** The file that has this path in the container. */
    Path file(String path) {
        return root.resolve(path.substring(1));
    }

    /** Whether there is a file or folder at this path in the container. */
    boolean has(String path) {
        return Files.exists(file(path));
    }

    /** Shuts the container down, and deletes its files. */
    @Override
    public void close() throws IOException {
        process.destroy();
        process.onExit()
                .orTimeout(BOOT_SECONDS_MAX, TimeUnit.SECONDS)
                .exceptionally(late -> process.destroyForcibly())
                .join();
        try {
            Command.run("", Map.of(), List.of("rm", "-rf", "--one-file-system", root.toString()))
                    .requireSuccess();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while deleting " + root, e);
        }
    }
}
