package io.tailrace.systemtests.conformance;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Command lines of clients whose jars are collected by the modules below {@code system-tests/clients}. */
public final class ClientJars {
    private static final Path CLIENTS = Path.of("clients").toAbsolutePath();
    /** Many short-lived processes share the machine with the brokers. */
    private static final List<String> FLAGS = List.of(
            "-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn");

    private ClientJars() {}

    /**
     * A command line that runs a main class of a client.
     *
     * @param ours classes of this module, or of the libraries of tests, that the process may see in addition
     * @param client the module's folder, such as {@code kafka-tools}
     * @param command the main class and its arguments; options of the JVM may come first
     */
    public static List<String> java(List<Class<?>> ours, String client, String... command) {
        Path jars = CLIENTS.resolve(client).resolve("target").resolve("lib");
        if (!Files.isDirectory(jars)) {
            throw new IllegalStateException(
                    jars + " does not exist; create it with: mvn -f system-tests/clients pre-integration-test");
        }
        List<String> classPath = new ArrayList<>();
        for (Class<?> each : ours) {
            classPath.add(Path.of(each.getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .getPath())
                    .toString());
        }
        classPath.add(jars + "/*");
        List<String> commandLine = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                String.join(File.pathSeparator, classPath)));
        commandLine.addAll(FLAGS);
        commandLine.addAll(List.of(command));
        return commandLine;
    }
}
