package io.tailrace.systemtests;

import static org.awaitility.Awaitility.await;

import io.tailrace.protocol.TopicPartition;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/** The segment files of a broker's replica, to be looked at and damaged. */
final class SegmentFiles {
    /** Position of the magic byte in a record batch: docs/format.md. */
    private static final int MAGIC_AT = 16;

    private SegmentFiles() {}

    /** The {@code .log} files of a replica, oldest first; all but the last are closed. */
    static List<Path> of(LocalBroker broker, TopicPartition partition) {
        return in(broker.logDirectory().resolve(partition.toString()));
    }

    /** As above, in the folder of a replica. */
    static List<Path> in(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".log"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until a replica has at least {@code count} closed segments, and returns the second of them. */
    static Path awaitClosed(LocalBroker broker, TopicPartition partition, int count) {
        await("%d closed segments of %s at broker %d".formatted(count, partition, broker.id()))
                .until(() -> of(broker, partition).size() > count);
        return of(broker, partition).get(1);
    }

    /** The offset of a segment's first record, which its name gives. */
    static long baseOffset(Path segment) {
        return Long.parseLong(segment.getFileName().toString().replace(".log", ""));
    }

    /** Cuts the last ten bytes off a segment. */
    static void shorten(Path segment) throws IOException {
        try (FileChannel channel = FileChannel.open(segment, StandardOpenOption.WRITE)) {
            channel.truncate(channel.size() - 10);
        }
    }

    /** Inverts the magic byte of a segment's first batch. */
    static void flipHeader(Path segment) throws IOException {
        try (FileChannel channel = FileChannel.open(segment, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer magic = ByteBuffer.allocate(1);
            channel.read(magic, MAGIC_AT);
            magic.put(0, (byte) ~magic.get(0)).rewind();
            channel.write(magic, MAGIC_AT);
        }
    }
}
