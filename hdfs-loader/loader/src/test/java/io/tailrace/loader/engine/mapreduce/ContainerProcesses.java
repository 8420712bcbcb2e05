package io.tailrace.loader.engine.mapreduce;

import java.io.IOException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The processes of containers that NodeManagers in this JVM started. */
final class ContainerProcesses {
    private static final Pattern ATTEMPT = Pattern.compile("YarnChild .*(attempt_\\d+_\\d+_m_\\d+_\\d+)");
    private static final String MASTER = "org.apache.hadoop.mapreduce.v2.app.MRAppMaster";

    private final Set<Long> frozen = new HashSet<>();

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

    /** Not the shell that starts it, whose command line is the same. */
    private static boolean isJava(ProcessHandle process) {
        return process.info().command().orElse("").endsWith("/java");
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
