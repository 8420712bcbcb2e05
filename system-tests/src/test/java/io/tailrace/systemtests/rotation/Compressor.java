package io.tailrace.systemtests.rotation;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A program that replaces a file by its archive, as logrotate calls it. */
enum Compressor {
    GZIP(".gz", "gzip"),
    BZIP2(".bz2", "bzip2"),
    XZ(".xz", "xz -1"),
    ZSTD(".zst", "zstd -q --rm");

    private final String suffix;
    private final String command;

    Compressor(String suffix, String command) {
        this.suffix = suffix;
        this.command = command;
    }

    private List<String> words() {
        return List.of(command.split(" "));
    }

    /** Whether this machine has the program. */
    boolean isInstalled() {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, words().get(0))));
    }

    /** Begins to compress a file. When the program ends, the file is gone and {@link #archive} is whole. */
    Process start(Path file) throws IOException {
        List<String> commandLine = new ArrayList<>(words());
        commandLine.add(file.toString());
        return new ProcessBuilder(commandLine).inheritIO().start();
    }

    Path archive(Path file) {
        return file.resolveSibling(file.getFileName() + suffix);
    }
}
