package io.tailrace.loader.engine.mapreduce;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * The libraries of this process, Hadoop's included, as one zip file for containers: jars at its root, and classes that are
 * not in a jar below {@link #CLASSES}. Equal libraries give equal bytes.
 */
final class Libraries {
    /** The folder of classes in the zip file. */
    static final String CLASSES = "classes";

    private static final String JAR = ".jar";

    /** The jar of the application master, which every folder of the loader's libraries has. */
    private static final String MASTER = "hadoop-mapreduce-client-app-";

    private final SortedMap<String, Path> files;

    /** @param files by their name in the zip file */
    private Libraries(SortedMap<String, Path> files) {
        this.files = Collections.unmodifiableSortedMap(files);
    }

    /**
     * Returns the libraries that {@code type} runs with: the jars in the folder of its jar, or, in a build, the class path.
     *
     * <p>{@code yarn jar} unpacks the jar it runs and loads the classes from there, but the jar itself is a resource, too.
     *
     * @throws IOException if a file cannot be read
     */
    static Libraries of(Class<?> type) throws IOException {
        String resource = type.getName().replace('.', '/') + ".class";
        ClassLoader loader = Objects.requireNonNull(type.getClassLoader());
        for (URL url : Collections.list(loader.getResources(resource))) {
            if (url.getProtocol().equals("jar")) {
                String text = url.getPath();
                Libraries beside =
                        inFolder(path(text.substring(0, text.lastIndexOf("!/"))).resolveSibling(""));
                if (beside.files.keySet().stream().anyMatch(name -> name.startsWith(MASTER))) {
                    return beside;
                }
            }
        }
        return onClassPath(System.getProperty("java.class.path", ""));
    }

    private static Path path(String uri) throws IOException {
        try {
            return Path.of(new URI(uri));
        } catch (URISyntaxException | IllegalArgumentException | FileSystemNotFoundException e) {
            throw new IOException("cannot find the loader's libraries: expected a jar in a folder, found " + uri, e);
        }
    }

    /** The jars in a folder. */
    static Libraries inFolder(Path folder) throws IOException {
        SortedMap<String, Path> files = new TreeMap<>();
        try (Stream<Path> entries = Files.list(folder)) {
            entries.filter(entry -> entry.toString().endsWith(JAR)).forEach(jar -> files.put(name(jar), jar));
        }
        return new Libraries(files);
    }

    /** The jars and folders on a class path. Of two classes with one name, the first counts, as it does for Java. */
    static Libraries onClassPath(String classPath) throws IOException {
        SortedMap<String, Path> files = new TreeMap<>();
        for (String element : classPath.split(java.io.File.pathSeparator, -1)) {
            Path entry = Path.of(element);
            if (Files.isDirectory(entry)) {
                try (Stream<Path> inside = Files.walk(entry)) {
                    inside.filter(Files::isRegularFile)
                            .forEach(file -> files.putIfAbsent(CLASSES + "/" + entry.relativize(file), file));
                }
            } else if (element.endsWith(JAR) && Files.exists(entry)) {
                String name = name(entry);
                files.put(files.containsKey(name) ? files.size() + "-" + name : name, entry);
            }
        }
        return new Libraries(files);
    }

    private static String name(Path file) {
        return String.valueOf(file.getFileName());
    }

    /** The SHA-256 of the zip file, in hexadecimal. */
    String hash() throws IOException {
        MessageDigest sha256;
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
        // Of names, sizes and contents, which decide the zip file: compressing it just for its hash would cost more.
        try (DigestOutputStream out = new DigestOutputStream(OutputStream.nullOutputStream(), sha256)) {
            for (Map.Entry<String, Path> file : files.entrySet()) {
                String header = file.getKey() + '\n' + Files.size(file.getValue()) + '\n';
                out.write(header.getBytes(StandardCharsets.UTF_8));
                Files.copy(file.getValue(), out);
            }
        }
        return HexFormat.of().formatHex(sha256.digest());
    }

    /** Writes the zip file. Its contents are compressed already, so it stores them as they are. */
    void writeZip(OutputStream out) throws IOException {
        ZipOutputStream zip = new ZipOutputStream(out);
        zip.setLevel(Deflater.NO_COMPRESSION);
        for (Map.Entry<String, Path> file : files.entrySet()) {
            ZipEntry entry = new ZipEntry(file.getKey());
            entry.setTime(0);
            zip.putNextEntry(entry);
            try (InputStream in = new BufferedInputStream(Files.newInputStream(file.getValue()))) {
                in.transferTo(zip);
            }
            zip.closeEntry();
        }
        zip.finish();
    }
}
