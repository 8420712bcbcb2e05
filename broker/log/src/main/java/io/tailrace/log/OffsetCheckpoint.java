package io.tailrace.log;

import io.tailrace.protocol.TopicPartition;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** An offset for each partition of a log directory, one {@code topic partition offset} a line. */
final class OffsetCheckpoint {
    private final CheckpointFile file;

    OffsetCheckpoint(Disk disk, Path path) {
        this.file = new CheckpointFile(disk, path);
    }

    /**
     * The offsets; none if there is no file.
     *
     * @throws CorruptLogException if the file is not as it was written
     */
    Map<TopicPartition, Long> read() throws IOException {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        for (String line : file.read().orElse(List.of())) {
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
}
