package io.tailrace.systemtests;

import static org.awaitility.Awaitility.await;

import io.tailrace.protocol.TopicPartition;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

/** Compares the segment files of a partition's replicas. Retention must not have deleted anything. */
final class ReplicaLogs {

    private ReplicaLogs() {}

    /**
     * Waits until all replicas hold the same bytes, however split into segments. Producers must have stopped.
     */
    static void awaitSame(List<LocalBroker> brokers, Collection<TopicPartition> partitions) {
        await("equal logs on all replicas")
                .until(
                        () -> partitions.stream()
                                .flatMap(partition -> brokers.stream()
                                        .skip(1)
                                        .flatMap(other -> difference(partition, brokers.get(0), other)))
                                .toList(),
                        List::isEmpty);
    }

    private static Stream<String> difference(TopicPartition partition, LocalBroker one, LocalBroker other) {
        try (InputStream ones = log(one, partition);
                InputStream others = log(other, partition)) {
            for (long position = 0; ; position++) {
                int expected = ones.read();
                if (expected != others.read()) {
                    return Stream.of("%s differs between brokers %d and %d at byte %d"
                            .formatted(partition, one.id(), other.id(), position));
                }
                if (expected < 0) {
                    return Stream.empty();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static InputStream log(LocalBroker broker, TopicPartition partition) throws IOException {
        Path folder = broker.logDirectory().resolve(partition.toString());
        List<InputStream> segments = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(file -> file.toString().endsWith(".log"))
                    .sorted()
                    .toList()) {
                segments.add(Files.newInputStream(file));
            }
        }
        return new BufferedInputStream(new SequenceInputStream(Collections.enumeration(segments)), 1 << 16);
    }
}
