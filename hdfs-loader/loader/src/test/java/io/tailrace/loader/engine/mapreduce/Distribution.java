package io.tailrace.loader.engine.mapreduce;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A folder of the loader's jars, as in an unpacked tarball, and commands that run with it. */
final class Distribution {
    private static final Pattern ONLY_FOR_TESTS = Pattern.compile(
            ".*/test-classes|.*-tests\\.jar|.*/(hadoop-minicluster|hadoop-yarn-server-(nodemanager|resourcemanager|timeline"
                    + "|applicationhistory)|hadoop-mapreduce-client-hs|hadoop-hdfs|junit|assertj|archunit|byte-buddy"
                    + "|awaitility|curator-test|kafka-clients|tailrace-(server|log|coordination|testing))-\\d.*\\.jar");

    private final Path folder;

    /** Fills a folder with links to the jars of this JVM's class path, without those that only tests need. */
    Distribution(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder);
        int number = 0;
        for (String element : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            Path entry = Path.of(element);
            if (ONLY_FOR_TESTS.matcher(element).matches() || !Files.exists(entry)) {
                continue;
            }
            if (Files.isDirectory(entry)) {
                jar(entry, folder.resolve("classes-" + number++ + ".jar"));
            } else if (element.endsWith(".jar") && !Files.exists(folder.resolve(entry.getFileName()))) {
                link(entry, folder.resolve(entry.getFileName()));
            }
        }
    }

    private static void link(Path file, Path link) throws IOException {
        try {
            Files.createLink(link, file.toRealPath());
        } catch (IOException e) {
            Files.copy(file, link); // On another file system.
        }
    }

    private static void jar(Path classes, Path jar) throws IOException {
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file);
                Stream<Path> entries = Files.walk(classes)) {
            for (Path entry : entries.filter(Files::isRegularFile).sorted().toList()) {
                out.putNextEntry(new JarEntry(classes.relativize(entry).toString()));
                Files.copy(entry, out);
                out.closeEntry();
            }
        }
    }

    /** The jar that has a class. */
    Path jarOf(Class<?> type) throws IOException {
        String entry = type.getName().replace('.', '/') + ".class";
        try (Stream<Path> jars = Files.list(folder)) {
            for (Path jar : jars.toList()) {
                try (var zip = new java.util.zip.ZipFile(jar.toFile())) {
                    if (zip.getEntry(entry) != null) {
                        return jar;
                    }
                }
            }
        }
        throw new IOException("no jar in " + folder + " has " + type);
    }

    /** Starts Java with the folder as its class path. Output and errors go to the file. */
    Process start(Map<String, String> environment, Path log, List<String> command) throws IOException {
        List<String> line = new ArrayList<>(
                List.of(System.getProperty("java.home") + "/bin/java", "-Xmx192m", "-cp", folder + "/*"));
        line.addAll(List.of(MiniYarn.JVM_FLAGS.split(" ")));
        line.addAll(command);
        ProcessBuilder builder =
                new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        return builder.start();
    }
}
