package io.tailrace.log;

import io.tailrace.protocol.TopicPartition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The names of partitions' directories: {@code topic-partition}, and {@code topic-partition.<unique>-delete} once deleted,
 * with the topic cut, as Kafka does, to what a file name may hold ({@code docs/format.md}).
 */
final class PartitionDirectories {
    private static final Logger LOG = LoggerFactory.getLogger(PartitionDirectories.class);

    /** The longest file name of the usual file systems. Topic names are ASCII, a character a byte. */
    private static final int NAME_BYTES_MAX = 255;

    private PartitionDirectories() {}

    /** The partitions in a log directory; removes those that were deleted. */
    static SortedMap<TopicPartition, Path> scan(Path logDirectory) throws IOException {
        SortedMap<TopicPartition, Path> partitions = new TreeMap<>();
        try (Stream<Path> entries = Files.list(logDirectory)) {
            for (Path entry : entries.filter(Files::isDirectory).toList()) {
                String name = String.valueOf(entry.getFileName());
                Optional<TopicPartition> partition = parse(name);
                if (name.endsWith(LogFiles.DELETED_DIRECTORY)) {
                    Trash.delete(entry);
                } else if (partition.isPresent()) {
                    partitions.put(partition.get(), entry);
                } else {
                    LOG.warn("{} is not named like a partition and is left alone", entry);
                }
            }
        }
        return partitions;
    }

    private static Optional<TopicPartition> parse(String name) {
        int dash = name.lastIndexOf('-');
        if (dash <= 0) {
            return Optional.empty();
        }
        try {
            TopicPartition partition =
                    new TopicPartition(name.substring(0, dash), Integer.parseInt(name, dash + 1, name.length(), 10));
            return partition.toString().equals(name) ? Optional.of(partition) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Renames a partition's directory, so that it counts as deleted; returns the new path. */
    static Path markDeleted(Path directory, TopicPartition partition) throws IOException {
        String unique = UUID.randomUUID().toString().replace("-", "");
        String suffix = "-" + partition.partition() + "." + unique + LogFiles.DELETED_DIRECTORY;
        String topic = partition.topic();
        String prefix = topic.substring(0, Math.min(topic.length(), NAME_BYTES_MAX - suffix.length()));
        return Files.move(directory, directory.resolveSibling(prefix + suffix));
    }
}
