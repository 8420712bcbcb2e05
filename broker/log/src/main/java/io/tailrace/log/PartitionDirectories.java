package io.tailrace.log;

import io.tailrace.protocol.TopicPartition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The names of partitions' directories: {@code topic-partition}, {@code topic-partition.<unique>-delete} once deleted, and
 * {@code topic-partition.<time>-damaged} once set aside. In the last two, the topic is cut to the length that a file name may
 * have, as in Kafka ({@code docs/format.md}).
 */
final class PartitionDirectories {
    private static final Logger LOG = LoggerFactory.getLogger(PartitionDirectories.class);

    static final String DELETED = "-delete";
    private static final String DAMAGED = "-damaged";
    /** Damaged logs that are kept in a log directory for an operator. */
    static final int DAMAGED_MAX = 10;
    /** The longest file name of common file systems. Topic names are ASCII, one byte per letter. */
    private static final int NAME_BYTES_MAX = 255;

    private PartitionDirectories() {}

    /** The partitions in a log directory. Deleted ones are removed. */
    static SortedMap<TopicPartition, Path> scan(Path logDirectory) throws IOException {
        SortedMap<TopicPartition, Path> partitions = new TreeMap<>();
        for (Path entry : directoriesIn(logDirectory)) {
            String name = String.valueOf(entry.getFileName());
            Optional<TopicPartition> partition = parse(name);
            if (partition.isPresent()) {
                partitions.put(partition.get(), entry);
            } else if (name.endsWith(DELETED)) {
                Trash.deleteOrWarn(entry);
            } else if (name.endsWith(DAMAGED)) {
                LOG.info("Damaged log was set aside and awaits an operator: {}", entry);
            } else {
                LOG.warn("Directory is not a partition's and is ignored: {}", entry);
            }
        }
        return partitions;
    }

    private static List<Path> directoriesIn(Path logDirectory) throws IOException {
        return LogFiles.list(logDirectory).stream().filter(Files::isDirectory).toList();
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
        return rename(directory, partition, UUID.randomUUID().toString().replace("-", "") + DELETED);
    }

    /** Renames the directory of a damaged log, to keep it for an operator; returns the new path. */
    static Path markDamaged(Path directory, TopicPartition partition, long nowMs) throws IOException {
        return rename(directory, partition, "%013d%s".formatted(nowMs, DAMAGED));
    }

    private static Path rename(Path directory, TopicPartition partition, String ending) throws IOException {
        String suffix = "-" + partition.partition() + "." + ending;
        String topic = partition.topic();
        String prefix = topic.substring(0, Math.min(topic.length(), NAME_BYTES_MAX - suffix.length()));
        return Files.move(directory, directory.resolveSibling(prefix + suffix));
    }

    /** The oldest damaged logs in a log directory, beyond the {@link #DAMAGED_MAX} that are kept. */
    static List<Path> excessDamaged(Path logDirectory) throws IOException {
        List<Path> damaged = new ArrayList<>(directoriesIn(logDirectory));
        damaged.removeIf(path -> !path.toString().endsWith(DAMAGED));
        damaged.sort(Comparator.comparing(PartitionDirectories::timeOf));
        return damaged.subList(0, Math.max(0, damaged.size() - DAMAGED_MAX));
    }

    private static String timeOf(Path damaged) {
        String name = String.valueOf(damaged.getFileName());
        return name.substring(name.lastIndexOf('.') + 1);
    }
}
