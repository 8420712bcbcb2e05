package io.tailrace.agent;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One of our processes in its own JVM, on the test's classpath. */
final class ChildProcess {
    /** Far more than a start or a stop takes. */
    private static final long LIMIT_S = 180;

    private final String name;
    private final Process process;
    private final BlockingQueue<String> output = new LinkedBlockingQueue<>();
    private final List<String> seen = new ArrayList<>();

    ChildProcess(String mainClass, String heap, List<String> arguments) throws IOException {
        name = mainClass;
        List<String> command = new ArrayList<>(List.of(
                System.getProperty("java.home") + "/bin/java",
                "-Xmx" + heap,
                "-XX:TieredStopAtLevel=1",
                // That of the product, not that of the tests.
                "-Dlogback.configurationFile=logback.xml",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                mainClass));
        command.addAll(arguments);
        process = new ProcessBuilder(command).redirectErrorStream(true).start();
        Thread reader = new Thread(this::read, "output of " + mainClass);
        reader.setDaemon(true);
        reader.start();
    }

    private void read() {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            lines.lines().forEach(output::add);
        } catch (IOException | UncheckedIOException e) {
            output.add("(" + e + ")");
        }
    }

    /** Waits for a line of output that contains a match, and returns the match's first group. */
    String await(String regex) throws InterruptedException {
        Pattern pattern = Pattern.compile(regex);
        long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_S);
        while (System.nanoTime() < deadlineNs) {
            String line = output.poll(100, TimeUnit.MILLISECONDS);
            if (line != null) {
                seen.add(line);
                Matcher matcher = pattern.matcher(line);
                if (matcher.find()) {
                    return matcher.group(1);
                }
            }
        }
        throw new AssertionError(name + " did not print " + regex + ":\n" + String.join("\n", seen));
    }

    /** What the process reads from its standard input, which is a pipe. */
    OutputStream input() {
        return process.getOutputStream();
    }

    /** Waits for the end of the process and returns its exit code. */
    int awaitExit() throws InterruptedException {
        if (!process.waitFor(LIMIT_S, TimeUnit.SECONDS)) {
            output.drainTo(seen);
            throw new AssertionError(name + " did not end:\n" + String.join("\n", seen));
        }
        return process.exitValue();
    }

    /** Waits for the end of the process, which must have the exit code 0. */
    void awaitSuccess() throws InterruptedException {
        int code = awaitExit();
        if (code != 0) {
            output.drainTo(seen);
            throw new AssertionError(name + " ended with " + code + ":\n" + String.join("\n", seen));
        }
    }

    /** Fails with what the process has printed if it has ended. */
    void requireRunning() {
        if (!process.isAlive()) {
            output.drainTo(seen);
            throw new AssertionError(name + " ended with " + process.exitValue() + ":\n" + String.join("\n", seen));
        }
    }

    /** SIGTERM. */
    void terminate() {
        process.destroy();
    }

    /** SIGKILL. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        awaitExit();
    }
}
