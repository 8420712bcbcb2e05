package io.tailrace.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.log.Log;
import io.tailrace.log.LogDirectory;
import io.tailrace.log.LogMove;
import io.tailrace.log.MovableLog;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.Replica;
import io.tailrace.server.Batches;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A move of a log has ended, with one more record since, and its former files are still there at the next start. */
class PartitionLogsTest {
    private static final TopicPartition ID = new TopicPartition(LocalBroker.TOPIC, 0);
    private static final List<Integer> BOTH = List.of(LocalBroker.ID, LocalBroker.OTHER);
    private static final String SEGMENT = "00000000000000000000.log";

    private Path first;
    private Path second;
    private Path formerSegment;
    private Path movedSegment;

    @BeforeEach
    void move(@TempDir Path path) throws IOException {
        first = path.resolve("first");
        second = path.resolve("second");
        formerSegment = first.resolve(ID.toString()).resolve(SEGMENT);
        movedSegment = second.resolve(ID.toString()).resolve(SEGMENT);
        Files.createDirectories(first);
        try (LocalBroker broker = new LocalBroker(first, second)) {
            lead(broker);
            assertThat(formerSegment).exists();
            append(broker, 3);
            MovableLog log = logs(broker).movable(ID).orElseThrow();
            List<LogDirectory> directories = broker.storage.directories().all();
            LogMove move = LogMove.begin(log, directories.get(0), directories.get(1), 0);
            move.complete(0);
            append(broker, 1);
            assertThat(broker.storage.directories().partitionsIn(first))
                    .as("a directory that fails now does not take the log offline")
                    .isEmpty();
            assertThat(broker.storage.directories().partitionsIn(second)).containsExactly(ID);
        }
    }

    private static PartitionLogs logs(LocalBroker broker) {
        return broker.storage.directories().logs();
    }

    private static void lead(LocalBroker broker) {
        broker.follower.follow(LocalBroker.image(1, LocalBroker.ID, 1, BOTH));
    }

    private static void append(LocalBroker broker, int batches) {
        for (int i = 0; i < batches; i++) {
            assertThat(broker.partition(0)
                            .append(Batches.batch("x".repeat(100)), Replica.ANY_EPOCH, false)
                            .leaderEpoch())
                    .isEqualTo(1);
        }
    }

    /** The end of the partition's log after a start with the directories in either order; -1 if it is offline. */
    private long logEndAfterStart(Path... directories) throws IOException {
        try (LocalBroker broker = new LocalBroker(directories)) {
            lead(broker);
            return broker.partitions.isUnusable(ID) ? -1 : broker.partition(0).logEndOffset();
        }
    }

    /** Cuts the segment short. Returns what it held. */
    private static byte[] damage(Path segment) throws IOException {
        byte[] whole = Files.readAllBytes(segment);
        Files.write(segment, Arrays.copyOf(whole, whole.length - 10));
        return whole;
    }

    @Test
    void formerFilesAreDeleted() throws IOException {
        assertThat(logEndAfterStart(first, second)).isEqualTo(4);
        assertThat(formerSegment).doesNotExist();
        assertThat(movedSegment.resolveSibling("move")).doesNotExist();
        assertThat(logEndAfterStart(first, second)).isEqualTo(4);
    }

    @Test
    void movedLogThatDoesNotOpenIsNeitherDeletedNorReplacedByTheFormerOne() throws IOException {
        byte[] whole = damage(movedSegment);

        assertThat(logEndAfterStart(first, second)).isEqualTo(-1);
        assertThat(formerSegment).exists();
        assertThat(movedSegment).exists();

        Files.write(movedSegment, whole);
        assertThat(logEndAfterStart(first, second)).isEqualTo(4);
        assertThat(formerSegment).doesNotExist();
    }

    @Test
    void formerLogThatDoesNotOpenIsKeptAndNotUsed() throws IOException {
        byte[] whole = damage(formerSegment);

        assertThat(logEndAfterStart(first, second)).isEqualTo(4);
        assertThat(formerSegment).exists();
        assertThat(movedSegment.resolveSibling("move")).exists();

        Files.write(formerSegment, whole);
        assertThat(logEndAfterStart(first, second)).isEqualTo(4);
        assertThat(formerSegment).doesNotExist();
    }

    @Test
    void logWithADamagedMarkerTakesItsPartitionOfflineWhicheverDirectoryComesFirst() throws IOException {
        Files.writeString(movedSegment.resolveSibling("move"), "halfway");

        assertThat(logEndAfterStart(first, second)).isEqualTo(-1);
        assertThat(logEndAfterStart(second, first)).isEqualTo(-1);
        assertThat(formerSegment).exists();
        assertThat(movedSegment).exists();
    }

    @Test
    void formerLogTakesThePlaceOfADamagedOneWhileAnotherReplicaLeads() throws IOException {
        damage(movedSegment);
        try (LocalBroker broker = new LocalBroker(first, second)) {
            broker.follower.follow(LocalBroker.image(1, LocalBroker.OTHER, 2, BOTH));

            Log used = logs(broker).movable(ID).orElseThrow().current();
            assertThat(used.logEndOffset()).isEqualTo(3);
            assertThat(broker.storage.directories().partitionsIn(first)).containsExactly(ID);
        }
        try (Stream<Path> kept = Files.list(second)) {
            assertThat(kept).anyMatch(path -> path.toString().endsWith("-damaged"));
        }
        assertThat(logEndAfterStart(first, second)).isEqualTo(3);
    }
}
