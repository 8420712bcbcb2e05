package io.tailrace.systemtests;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tailrace.protocol.TopicPartition;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/**
 * The file in which a member of groups writes down the records that it was given, before it commits their offsets. What is written
 * survives {@code kill -9} of the member. A line for each record:
 *
 * <pre>
 * group generation assignment topic partition offset value
 * </pre>
 */
final class MemberLog implements AutoCloseable {
    private static final int FIELDS = 7;

    private final OutputStream out;

    /**
     * A record that a member was given.
     *
     * @param generation the member's generation or epoch, or {@link GroupReceiver#NO_GENERATION} if it was removed meanwhile
     * @param assignment counts how often the partition was assigned to the member; within one assignment, offsets only rise
     */
    record Delivery(String group, int generation, int assignment, Receiver.Received record) {}

    MemberLog(Path file) throws IOException {
        out = new FileOutputStream(file.toFile());
    }

    /** Writes with one system call, so that at most the last line of a file is cut off. */
    synchronized void write(List<Delivery> deliveries) {
        StringBuilder lines = new StringBuilder();
        for (Delivery each : deliveries) {
            TopicPartition partition = each.record().partition();
            lines.append("%s %d %d %s %d %d %s\n"
                    .formatted(
                            each.group(),
                            each.generation(),
                            each.assignment(),
                            partition.topic(),
                            partition.partition(),
                            each.record().offset(),
                            each.record().value()));
        }
        try {
            out.write(lines.toString().getBytes(UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Reads what a member wrote, in order. A last line without an end is left out. A member that was stopped while its process
     * started has no file, and wrote nothing.
     */
    static void read(Path file, Consumer<Delivery> consumer) throws IOException {
        if (Files.notExists(file)) {
            return;
        }
        String content = Files.readString(file);
        content.substring(0, content.lastIndexOf('\n') + 1)
                .lines()
                .map(line -> line.split(" ", FIELDS))
                .map(field -> new Delivery(
                        field[0],
                        Integer.parseInt(field[1]),
                        Integer.parseInt(field[2]),
                        new Receiver.Received(
                                new TopicPartition(field[3], Integer.parseInt(field[4])),
                                Long.parseLong(field[5]),
                                field[6])))
                .forEach(consumer);
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
