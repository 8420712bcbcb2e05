package io.tailrace.log;

import java.io.IOException;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/** Whose log directory it is: {@code meta.properties}, version 0, as Kafka writes it beside ZooKeeper. */
final class MetaProperties {
    private static final String FILE = "meta.properties";

    private MetaProperties() {}

    /**
     * Checks that the directory belongs to this broker of this cluster; a new one is marked so.
     *
     * @throws IOException if it belongs to another
     */
    static void claim(Disk disk, LogDirectoryConfig config) throws IOException {
        Path file = config.path().resolve(FILE);
        if (Files.exists(file)) {
            Properties found = new Properties();
            try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
                found.load(reader);
            } catch (IllegalArgumentException e) {
                throw new CorruptLogException(file, "not a properties file: " + e.getMessage());
            }
            expect(file, found, "version", "0");
            expect(file, found, "broker.id", String.valueOf(config.brokerId()));
            expect(file, found, "cluster.id", config.clusterId());
            return;
        }
        String text = "version=0\nbroker.id=" + config.brokerId() + "\ncluster.id=" + config.clusterId() + "\n";
        CheckpointFile.replace(disk, file, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static void expect(Path file, Properties found, String key, String expected) throws IOException {
        String actual = found.getProperty(key);
        if (!expected.equals(actual)) {
            throw new IOException(file + ": " + key + " is " + actual + ", but this broker's is " + expected
                    + ": the directory belongs to another; choose one of its own in log.dirs");
        }
    }
}
