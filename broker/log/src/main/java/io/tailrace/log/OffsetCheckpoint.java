package io.tailrace.log;

import io.tailrace.protocol.TopicPartition;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A checkpoint file with one offset per partition of a log directory: lines of {@code topic partition offset}. */
final class OffsetCheckpoint {
    private static final Logger LOG = LoggerFactory.getLogger(OffsetCheckpoint.class);

    private final CheckpointFile file;

    OffsetCheckpoint(Disk disk, Path path) {
        this.file = new CheckpointFile(disk, path);
    }

    /** The offsets; empty if the file does not exist or is damaged, which is logged. */
    Map<TopicPartition, Long> read() throws IOException {
        try {
            return parse(file.read().orElse(List.of()));
        } catch (CorruptLogException e) {
            LOG.warn("Damaged checkpoint ignored: {}", e.getMessage());
            return Map.of();
        }
    }

    private Map<TopicPartition, Long> parse(List<String> lines) throws CorruptLogException {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        for (String line : lines) {
            String[] parts = line.split(" ", -1);
            if (parts.length != 3) {
                throw file.corrupt(line);
            }
            try {
                offsets.put(new TopicPartition(parts[0], Integer.parseInt(parts[1])), Long.parseLong(parts[2]));
            } catch (IllegalArgumentException e) {
                throw file.corrupt(line);
            }
        }
        return offsets;
    }

    void write(Map<TopicPartition, Long> offsets) throws IOException {
        List<String> lines = new ArrayList<>(offsets.size());
        offsets.forEach(
                (partition, offset) -> lines.add(partition.topic() + " " + partition.partition() + " " + offset));
        file.write(lines);
    }

    /** Removes the file, durably. */
    void delete() throws IOException {
        file.delete();
    }
}
