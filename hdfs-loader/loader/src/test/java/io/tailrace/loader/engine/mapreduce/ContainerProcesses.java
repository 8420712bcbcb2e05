package io.tailrace.loader.engine.mapreduce;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The processes of containers that NodeManagers in this JVM started. Maps can be held at their start, so that none ends before a test
 * has seen it.
 */
final class ContainerProcesses {
    /** What containers run as Java. */
    private static final String LAUNCHER = """
            #!/bin/sh
            case "$*" in
              *YarnChild*) while [ -e '%s' ]; do sleep 0.1; done ;;
            esac
            exec '%s/bin/java' "$@"
            """;

    private static final Pattern ATTEMPT = Pattern.compile("YarnChild .*(attempt_\\d+_\\d+_m_\\d+_\\d+)");
    private static final String MASTER = "org.apache.hadoop.mapreduce.v2.app.MRAppMaster";

    private final Path javaHome;
    private final Path hold;
    private final Set<Long> frozen = new HashSet<>();

    /** @param dir for a {@code JAVA_HOME} of containers */
    ContainerProcesses(Path dir) throws IOException {
        javaHome = dir.resolve("java-home");
        hold = dir.resolve("hold");
        Path launcher = Files.createDirectories(javaHome.resolve("bin")).resolve("java");
        Files.writeString(launcher, LAUNCHER.formatted(hold, System.getProperty("java.home")));
        Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** The {@code JAVA_HOME} for containers. */
    Path javaHome() {
        return javaHome;
    }

    /** Lets maps that start from now on wait. */
    void hold() throws IOException {
        Files.createFile(hold);
    }

    /** Lets maps that wait run, except for frozen ones. */
    void release() throws IOException {
        Files.deleteIfExists(hold);
    }

    /** Lets maps run, and kills those that run now. */
    void killMaps() throws IOException {
        release();
        maps().values().forEach(this::kill);
        frozen.clear();
    }

    /** The processes of maps, by the id of their attempt. */
    Map<String, Long> maps() {
        Map<String, Long> maps = new LinkedHashMap<>();
        ProcessHandle.current().descendants().filter(ContainerProcesses::isJava).forEach(process -> {
            Matcher attempt = ATTEMPT.matcher(process.info().commandLine().orElse(""));
            if (attempt.find()) {
                maps.put(attempt.group(1), process.pid());
            }
        });
        return maps;
    }

    /** The processes of application masters. */
    Set<Long> masters() {
        Set<Long> masters = new HashSet<>();
        ProcessHandle.current()
                .descendants()
                .filter(process -> isJava(process)
                        && process.info().commandLine().orElse("").contains(MASTER))
                .forEach(process -> masters.add(process.pid()));
        return masters;
    }

    /** A JVM, or a map that is held. Not the shell that starts it, whose command line is the same. */
    private static boolean isJava(ProcessHandle process) {
        Stream<String> programs = Stream.concat(
                process.info().command().stream(),
                process.info().arguments().stream().flatMap(Arrays::stream).limit(1));
        return programs.anyMatch(program -> program.endsWith("/java"));
    }

    /** Stops the processes of all maps that run now. Returns those that stand still, by the id of their attempt. */
    Map<String, Long> freezeMaps() {
        Map<String, Long> maps = maps();
        maps.values().stream().filter(frozen::add).forEach(pid -> signal("STOP", pid));
        maps.values().retainAll(frozen);
        return maps;
    }

    /** Lets a frozen process run. */
    void thaw(long pid) {
        signal("CONT", pid);
    }

    void kill(long pid) {
        signal("KILL", pid);
    }

    private static void signal(String signal, long pid) {
        try {
            Process kill = new ProcessBuilder("kill", "-" + signal, Long.toString(pid)).start();
            kill.waitFor(1, TimeUnit.MINUTES);
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
