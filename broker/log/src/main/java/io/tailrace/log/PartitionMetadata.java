package io.tailrace.log;

import io.tailrace.protocol.UuidText;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/** The topic of a partition's directory: {@code partition.metadata}, version 0, as Kafka writes it. */
final class PartitionMetadata {
    static final String FILE = "partition.metadata";

    private PartitionMetadata() {}

    /**
     * Whether the directory belongs to the topic with this id. A directory without a topic is marked with this one.
     *
     * @throws CorruptLogException if the file is damaged
     */
    static boolean claim(Disk disk, Path directory, UUID topicId) throws IOException {
        Path file = directory.resolve(FILE);
        String wanted = "version: 0\ntopic_id: " + UuidText.of(topicId) + "\n";
        if (!Files.exists(file)) {
            AtomicFile.replace(disk, file, ByteBuffer.wrap(wanted.getBytes(StandardCharsets.UTF_8)));
            return true;
        }
        String found = Files.readString(file, StandardCharsets.ISO_8859_1);
        if (!found.matches("version: 0\ntopic_id: [A-Za-z0-9_-]{22}\n?")) {
            throw new CorruptLogException(file, "expected version 0 and a topic id");
        }
        return found.strip().equals(wanted.strip());
    }
}
