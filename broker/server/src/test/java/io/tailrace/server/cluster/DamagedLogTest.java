package io.tailrace.server.cluster;

import static io.tailrace.server.Batches.batch;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.Replica;
import io.tailrace.replication.cluster.Broker;
import io.tailrace.replication.cluster.ClusterImage;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A broker that was stopped cleanly starts with a damaged log, or without one of its directories. */
class DamagedLogTest {
    private static final TopicPartition WEB_0 = new TopicPartition(LocalBroker.TOPIC, 0);
    private static final List<Integer> ALONE = List.of(LocalBroker.ID);
    private static final List<Integer> BOTH = List.of(LocalBroker.ID, LocalBroker.OTHER);
    private static final String SEGMENT = "00000000000000000000.log";

    private Path first;
    private Path second;

    @BeforeEach
    void write(@TempDir Path directory) throws Exception {
        first = directory.resolve("first");
        second = directory.resolve("second");
    }

    /** Partitions 0 and 1 get a record each. */
    private void run(Path... logDirectories) throws IOException {
        try (LocalBroker broker = new LocalBroker(logDirectories)) {
            broker.follower.follow(LocalBroker.image(2, LocalBroker.ID, 1, ALONE));
            broker.storage.registered(LocalBroker.EPOCH);
            for (int index = 0; index < 2; index++) {
                assertThat(broker.partition(index)
                                .append(batch("a"), Replica.ANY_EPOCH, false)
                                .acknowledged())
                        .isTrue();
            }
        }
    }

    @Test
    void undamagedLogsAreKept() throws Exception {
        run(first);
        try (LocalBroker broker = new LocalBroker(first)) {
            broker.follower.follow(LocalBroker.image(2, LocalBroker.OTHER, 2, BOTH));
            assertThat(broker.storage.keptSince()).isEqualTo(LocalBroker.EPOCH);
            assertThat(broker.partition(0).logEndOffset()).isEqualTo(1);
        }
    }

    @Test
    void damagedReplicaIsSetAsideAndStartsEmptyWhenAnotherLeads() throws Exception {
        run(first);
        cutShort(first);
        try (LocalBroker broker = new LocalBroker(first)) {
            broker.follower.follow(LocalBroker.image(2, LocalBroker.OTHER, 2, BOTH));

            assertThat(broker.storage.keptSince()).as("the start is unclean").isEqualTo(Broker.NONE);
            assertThat(broker.partition(0).logEndOffset()).isZero();
            assertThat(broker.partition(0).replica().log().highWatermark()).isZero();
            assertThat(broker.partition(1).logEndOffset()).isEqualTo(1);
            assertThat(broker.reportedOffline).isEmpty();
            assertThat(names(first)).anyMatch(name -> name.matches("web-0\\.\\d{13}-damaged"));
        }
        try (LocalBroker broker = new LocalBroker(first)) {
            broker.follower.follow(LocalBroker.image(2, LocalBroker.OTHER, 2, BOTH));
            assertThat(broker.partition(0).logEndOffset()).isZero();
        }
    }

    @Test
    void damagedReplicaStaysOfflineWhileNoOtherLeads() throws Exception {
        run(first);
        cutShort(first);
        try (LocalBroker broker = new LocalBroker(first)) {
            broker.follower.follow(LocalBroker.image(2, LocalBroker.ID, 2, ALONE));
            broker.follower.follow(LocalBroker.image(2, LocalBroker.ID, 3, ALONE));

            assertOffline(broker);
            assertThat(broker.partition(1).logEndOffset()).isEqualTo(1);
            assertThat(names(first)).contains("web-0").noneMatch(name -> name.endsWith("-damaged"));
        }
    }

    @Test
    void damagedReplicaIsOfflineUntilALeaderIsRegisteredAndThenStartsEmpty() throws Exception {
        run(first);
        cutShort(first);
        try (LocalBroker broker = new LocalBroker(first)) {
            assertThat(broker.reportedOffline).as("before any image").containsExactly(WEB_0);
            broker.follower.follow(
                    LocalBroker.image(2, LocalBroker.OTHER, 2, BOTH).withoutBroker(LocalBroker.OTHER));
            assertOffline(broker);
            assertThat(names(first))
                    .as("the ISR names a broker that is not there")
                    .contains("web-0");

            broker.follower.follow(LocalBroker.image(2, LocalBroker.OTHER, 2, BOTH));
            assertThat(broker.partition(0).logEndOffset()).isZero();
            assertThat(broker.partitions.isUnusable(WEB_0)).isFalse();
            assertThat(broker.reportedOffline).isEmpty();
        }
    }

    @Test
    void unusablePartitionOfADeletedTopicLeavesNothingBehind() throws Exception {
        run(first);
        cutShort(first);
        try (LocalBroker broker = new LocalBroker(first)) {
            broker.follower.follow(LocalBroker.image(2, LocalBroker.ID, 2, ALONE));
            assertOffline(broker);
            broker.follower.follow(ClusterImage.empty());

            assertThat(broker.partitions.isUnusable(WEB_0)).isFalse();
            assertThat(broker.reportedOffline).isEmpty();
            assertThat(names(first)).doesNotContain("web-0", "web-1");
            broker.follower.follow(LocalBroker.image(new UUID(0, 2), 2, LocalBroker.ID, 1, ALONE));
            assertThat(broker.partition(0).logEndOffset()).isZero();
        }
    }

    @Test
    void replicaInSyncWithoutALogIsFoundBeforeTheBrokerRegisters() throws Exception {
        run(first);
        try (Stream<Path> files = Files.walk(first.resolve("web-0"))) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
        try (LocalBroker broker = new LocalBroker(first)) {
            assertThat(broker.replicas.missingInSync(LocalBroker.ID, LocalBroker.image(2, LocalBroker.OTHER, 2, BOTH)))
                    .containsExactly(WEB_0);
            broker.storage.countAsUnclean("web-0");
            assertThat(broker.storage.keptSince()).isEqualTo(Broker.NONE);
        }
    }

    @Test
    void damagedLogOfAnEarlierTopicIsDeleted() throws Exception {
        run(first);
        cutShort(first);
        try (LocalBroker broker = new LocalBroker(first)) {
            broker.follower.follow(LocalBroker.image(new UUID(0, 2), 2, LocalBroker.ID, 1, ALONE));

            assertThat(broker.partition(0).logEndOffset()).isZero();
            assertThat(names(first)).noneMatch(name -> name.endsWith("-damaged"));
        }
    }

    @Test
    void damagedLogOfADeletedTopicIsDeleted() throws Exception {
        run(first);
        cutShort(first);
        try (LocalBroker broker = new LocalBroker(first)) {
            broker.follower.follow(ClusterImage.empty());
            broker.follower.deleteStrays(Set.of());

            assertThat(names(first)).doesNotContain("web-0", "web-1");
        }
    }

    @Test
    void partitionWithoutAReadableOwnerStaysOffline() throws Exception {
        run(first);
        Files.writeString(first.resolve("web-0/partition.metadata"), "garbage");
        try (LocalBroker broker = new LocalBroker(first)) {
            broker.follower.follow(LocalBroker.image(2, LocalBroker.OTHER, 2, BOTH));

            assertOffline(broker);
            assertThat(broker.partition(1).logEndOffset()).isEqualTo(1);
        }
    }

    @Test
    void directoryThatCannotBeOpenedCostsItsOwnPartitions() throws Exception {
        run(first, second);
        boolean inFirst = Files.exists(first.resolve("web-0"));
        Path lost = inFirst ? first : second;
        Path moved = lost.resolveSibling("moved");
        Files.move(lost, moved);
        Files.writeString(lost, "not a directory");
        try (LocalBroker broker = new LocalBroker(first, second)) {
            broker.follower.follow(LocalBroker.image(2, LocalBroker.OTHER, 2, BOTH));

            assertThat(broker.storage.keptSince()).isEqualTo(Broker.NONE);
            assertOffline(broker);
            assertThat(broker.partition(1).logEndOffset()).isEqualTo(1);

            broker.follower.follow(LocalBroker.image(3, LocalBroker.OTHER, 3, BOTH));
            assertThat(broker.partition(2).logEndOffset()).as("a new partition").isZero();
            broker.storage.registered(LocalBroker.EPOCH);
        }
        Files.delete(lost);
        Files.move(moved, lost);
        try (LocalBroker broker = new LocalBroker(first, second)) {
            broker.follower.follow(LocalBroker.image(3, LocalBroker.OTHER, 4, BOTH));
            assertThat(broker.partition(0).logEndOffset()).isEqualTo(1);
            assertThat(broker.storage.keptSince())
                    .as("one directory missed a run")
                    .isEqualTo(Broker.NONE);
        }
    }

    @Test
    void brokerWithoutAnyUsableDirectoryDoesNotStart() throws Exception {
        Files.writeString(first, "not a directory");
        assertThatThrownBy(() -> new LocalBroker(first))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(first.toString());
    }

    private static void assertOffline(LocalBroker broker) {
        assertThat(broker.partitions.find(WEB_0.topic(), 0)).isNull();
        assertThat(broker.partitions.isUnusable(WEB_0)).isTrue();
        assertThat(broker.reportedOffline).containsExactly(WEB_0);
    }

    /** As a segment that lost its last ten bytes. */
    private static void cutShort(Path directory) throws IOException {
        try (FileChannel segment =
                FileChannel.open(directory.resolve("web-0").resolve(SEGMENT), StandardOpenOption.WRITE)) {
            segment.truncate(segment.size() - 10);
        }
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
