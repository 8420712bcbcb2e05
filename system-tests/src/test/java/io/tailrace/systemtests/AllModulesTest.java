package io.tailrace.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Rules over the main sources of all modules, whose classes no single classpath holds. */
class AllModulesTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Path MAIN = Path.of("src", "main", "java");
    private static final int SHARED_LINES_MAX = 12;

    @Test
    void publicTypesHaveUniqueSimpleNames() throws IOException {
        Map<String, List<Path>> filesByName = new TreeMap<>();
        for (Path file : sources()) {
            String name = file.getFileName().toString().replace(".java", "");
            Pattern declaration = Pattern.compile("(?m)^public [a-z @-]*(class|record|interface|enum) " + name + "\\b");
            if (declaration.matcher(Files.readString(file)).find()) {
                filesByName.computeIfAbsent(name, each -> new ArrayList<>()).add(ROOT.relativize(file));
            }
        }

        assertThat(filesByName).hasSizeGreaterThan(100);
        filesByName.values().removeIf(files -> files.size() == 1);
        assertThat(filesByName).isEmpty();
    }

    @Test
    void noTwoPlacesShareMoreThanTwelveLines() throws IOException {
        Map<List<String>, String> places = new HashMap<>();
        List<String> shared = new ArrayList<>();
        for (Path file : sources()) {
            List<String> lines = Files.readAllLines(file).stream()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty() && !line.startsWith("import ") && !line.startsWith("package "))
                    .toList();
            for (int i = 0; i + SHARED_LINES_MAX < lines.size(); i++) {
                String place = ROOT.relativize(file) + " from \"" + lines.get(i) + "\"";
                String other = places.putIfAbsent(lines.subList(i, i + SHARED_LINES_MAX + 1), place);
                if (other != null) {
                    shared.add(place + " and " + other);
                }
            }
        }

        assertThat(places).hasSizeGreaterThan(1000);
        assertThat(shared).isEmpty();
    }

    /** The main sources of all modules, in order. */
    private static List<Path> sources() throws IOException {
        List<Path> files = new ArrayList<>();
        Files.walkFileTree(ROOT, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                String name = folder.getFileName().toString();
                return name.equals("target") || name.startsWith(".")
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (file.toString().endsWith(".java") && file.toString().contains(MAIN.toString())) {
                    files.add(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        files.sort(null);
        return files;
    }
}
