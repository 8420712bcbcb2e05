package io.tailrace.log;

import java.io.IOException;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/** The owner of a log directory: {@code meta.properties}, version 0, as Kafka writes it with ZooKeeper. */
final class MetaProperties {
    private static final String FILE = "meta.properties";

    private MetaProperties() {}

    /**
     * Checks that a directory belongs to this broker of this cluster. A new directory is marked as this broker's.
     *
     * @throws WrongDirectoryException if it belongs to another broker or cluster
     * @throws CorruptLogException if the file is damaged
     */
    static void claim(Disk disk, LogDirectoryConfig config) throws IOException {
        Path file = config.path().resolve(FILE);
        if (Files.exists(file)) {
            Properties found = read(file);
            expect(file, found, "version", "0");
            expect(file, found, "broker.id", String.valueOf(config.brokerId()));
            expect(file, found, "cluster.id", config.clusterId());
            return;
        }
        String text = "version=0\nbroker.id=" + config.brokerId() + "\ncluster.id=" + config.clusterId() + "\n";
        AtomicFile.replace(disk, file, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static Properties read(Path file) throws IOException {
        Properties found = new Properties();
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            found.load(reader);
        } catch (IllegalArgumentException | CharacterCodingException e) {
            throw new CorruptLogException(file, "not a properties file: " + e.getMessage());
        }
        return found;
    }

    private static void expect(Path file, Properties found, String key, String expected) throws IOException {
        String actual = found.getProperty(key);
        if (actual == null) {
            throw new CorruptLogException(file, "expected " + key + "=" + expected + ", found no " + key);
        }
        if (!expected.equals(actual)) {
            throw new WrongDirectoryException(file + ": " + key + " is " + actual + ", expected " + expected
                    + ": the directory belongs to another broker or cluster; choose another in log.dirs");
        }
    }
}
