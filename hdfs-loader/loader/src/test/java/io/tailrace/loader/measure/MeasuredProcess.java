package io.tailrace.loader.measure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What a process used until its end.
 *
 * @param cpuMs processor time, the JVM's start and its compilers included
 * @param residentMiB the most memory that it had resident
 * @param wallMs time from its start to its end
 * @param output what it printed
 */
record MeasuredProcess(long cpuMs, long residentMiB, long wallMs, String output) {
    private static final Duration POLL = Duration.ofMillis(10);

    /**
     * Runs a command, whose output goes to a file on the way.
     *
     * @throws AssertionError unless it ends with exit code 0
     */
    static MeasuredProcess run(Path output, List<String> command) throws IOException, InterruptedException {
        long startNanos = System.nanoTime();
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        MeasuredProcess used = new MeasuredProcess(0, 0, 0, "");
        while (!process.waitFor(POLL.toMillis(), TimeUnit.MILLISECONDS)) {
            used = used.read(process);
        }
        String printed = Files.readString(output);
        if (process.exitValue() != 0) {
            throw new AssertionError("exit code " + process.exitValue() + " of " + command + "\n" + printed);
        }
        long wallMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
        return new MeasuredProcess(used.cpuMs, used.residentMiB, wallMs, printed);
    }

    /** Both values only grow, so the last ones before the end are those of the whole run, except for its last milliseconds. */
    private MeasuredProcess read(Process process) throws IOException {
        long cpuNow = process.info().totalCpuDuration().map(Duration::toMillis).orElse(cpuMs);
        long residentNow = residentMiB;
        try {
            for (String line : Files.readAllLines(Path.of("/proc", String.valueOf(process.pid()), "status"))) {
                if (line.startsWith("VmHWM:")) {
                    residentNow = Long.parseLong(line.replaceAll("\\D", "")) / 1024;
                }
            }
        } catch (NoSuchFileException e) {
            return this;
        }
        return new MeasuredProcess(cpuNow, residentNow, 0, "");
    }
}
