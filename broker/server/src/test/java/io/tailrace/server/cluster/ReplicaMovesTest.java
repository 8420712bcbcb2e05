package io.tailrace.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tailrace.log.LogDirectory;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.Replica;
import io.tailrace.server.Batches;
import io.tailrace.server.partition.Clocks;
import io.tailrace.server.partition.Partition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Replicas move between the two log directories of a broker. */
class ReplicaMovesTest {
    private static final TopicPartition ID = new TopicPartition(LocalBroker.TOPIC, 0);

    private final List<Path> directories;
    private LocalBroker broker;

    ReplicaMovesTest(@TempDir Path path) throws IOException {
        directories = List.of(path.resolve("one"), path.resolve("two"));
        broker = new LocalBroker(directories.get(0), directories.get(1));
        lead();
    }

    private void lead() {
        broker.follower.follow(LocalBroker.image(1, LocalBroker.ID, 1, List.of(LocalBroker.ID, LocalBroker.OTHER)));
    }

    @AfterEach
    void stop() throws Exception {
        broker.close();
    }

    private ReplicaMoves moves() {
        return broker.storage.moves();
    }

    private void run() {
        broker.storage.directories().all().forEach(moves()::run);
    }

    private Partition partition() {
        return broker.partition(0);
    }

    private void append(int batches) {
        for (int i = 0; i < batches; i++) {
            assertThat(partition()
                            .append(Batches.batch("x".repeat(1000)), Replica.ANY_EPOCH, false)
                            .leaderEpoch())
                    .isEqualTo(1);
        }
    }

    /** Where the partition's log is. */
    private Path home() {
        return only(broker.storage.directories().contents().stream()
                .filter(each -> each.logs().containsKey(ID))
                .map(LogDirectories.Contents::path)
                .toList());
    }

    private Path elsewhere() {
        return only(directories.stream().filter(each -> !each.equals(home())).toList());
    }

    private static Path only(List<Path> paths) {
        assertThat(paths).hasSize(1);
        return paths.get(0);
    }

    private Map<TopicPartition, LogDirectories.LogSize> copiesIn(Path directory) {
        return broker.storage.directories().contents().stream()
                .filter(each -> each.path().equals(directory))
                .findFirst()
                .orElseThrow()
                .copies();
    }

    @Test
    void replicaMovesAndIsUsedMeanwhile() throws Exception {
        append(50);
        Path from = home();
        Path to = elsewhere();
        moves().limit(10_000);
        assertThat(moves().move(ID, to.toString())).isEqualTo(ErrorCode.NONE);
        assertThat(moves().move(ID, to.toString())).as("again").isEqualTo(ErrorCode.NONE);
        broker.nowMs.addAndGet(1_000);
        run();
        assertThat(copiesIn(to))
                .hasEntrySatisfying(ID, copy -> assertThat(copy.logEndOffset()).isBetween(5L, 15L));
        append(50);
        assertThat(home()).isEqualTo(from);

        moves().limit(ReplicaMoves.UNLIMITED);
        run();

        assertThat(home()).isEqualTo(to);
        assertThat(copiesIn(to)).isEmpty();
        assertThat(Files.exists(from.resolve(ID.toString()))).isFalse();
        append(1);
        assertThat(partition().logEndOffset()).isEqualTo(101);
        broker.close();
        broker = new LocalBroker(directories.get(0), directories.get(1));
        lead();
        assertThat(home()).isEqualTo(to);
        assertThat(partition().logEndOffset()).isEqualTo(101);
    }

    @Test
    void moveToWhereTheReplicaIsGivesTheMoveUp() throws Exception {
        append(50);
        Path from = home();
        Path to = elsewhere();
        moves().limit(1);
        assertThat(moves().move(ID, to.toString())).isEqualTo(ErrorCode.NONE);
        assertThat(copiesIn(to)).containsKey(ID);

        assertThat(moves().move(ID, from.toString())).isEqualTo(ErrorCode.NONE);

        assertThat(copiesIn(to)).isEmpty();
        moves().limit(ReplicaMoves.UNLIMITED);
        run();
        assertThat(home()).isEqualTo(from);
    }

    @Test
    void stoppedMoveBeginsAnewAtTheNextStart() throws Exception {
        append(50);
        Path to = elsewhere();
        moves().limit(1);
        assertThat(moves().move(ID, to.toString())).isEqualTo(ErrorCode.NONE);
        run();

        broker.close();
        broker = new LocalBroker(directories.get(0), directories.get(1));
        run();
        assertThat(copiesIn(to)).as("the partition is not open yet").isEmpty();
        lead();
        run();

        assertThat(home()).isEqualTo(to);
        assertThat(partition().logEndOffset()).isEqualTo(50);
    }

    @Test
    void moveThatTheLastProcessHasLeftIsGivenUpByALaterRequest() throws Exception {
        append(50);
        Path from = home();
        Path to = elsewhere();
        moves().limit(1);
        assertThat(moves().move(ID, to.toString())).isEqualTo(ErrorCode.NONE);
        broker.close();
        broker = new LocalBroker(directories.get(0), directories.get(1));
        lead();

        assertThat(moves().move(ID, from.toString())).isEqualTo(ErrorCode.NONE);

        run();
        assertThat(home()).isEqualTo(from);
        assertThat(Files.exists(to.resolve(ID.toString()))).isFalse();
    }

    @Test
    void moveThatWaitsForItsDiskHoldsUpOnlyItself() throws Exception {
        TopicPartition next = new TopicPartition(LocalBroker.TOPIC, 1);
        broker.follower.follow(LocalBroker.image(2, LocalBroker.ID, 1, List.of(LocalBroker.ID, LocalBroker.OTHER)));
        Path from = home();
        Path to = elsewhere();
        LogDirectory target = broker.storage.directories().at(to.toString()).orElseThrow();
        ReplicaMoves moves = new ReplicaMoves(
                broker.storage.directories(), broker.partitions, new Clocks(broker.nowMs::get, broker.nowMs::get), 1);
        assertThat(moves.move(ID, to.toString())).isEqualTo(ErrorCode.NONE);
        Thread copying = new Thread(() -> moves.run(target), "copying");

        // The end of the move waits for the partition, as it waits for a disk that hangs.
        broker.whileBusy(partition(), () -> {
            copying.start();
            await().until(() -> copying.getState() == Thread.State.WAITING);

            assertThat(moves.move(ID, from.toString())).isEqualTo(ErrorCode.REQUEST_TIMED_OUT);
            assertThat(moves.move(next, from.toString())).isEqualTo(ErrorCode.NONE);
            moves.run(broker.storage.directories().at(from.toString()).orElseThrow());
            assertThat(broker.storage.directories().partitionsIn(from)).contains(next);
        });

        copying.join();
        assertThat(home()).isEqualTo(to);
    }

    @Test
    void replicaThatIsNoLongerAssignedTakesItsCopyAlong() throws Exception {
        append(50);
        Path to = elsewhere();
        moves().limit(1);
        assertThat(moves().move(ID, to.toString())).isEqualTo(ErrorCode.NONE);

        broker.replicas.remove(partition());
        broker.nowMs.addAndGet(2_000);
        run();

        assertThat(copiesIn(to)).isEmpty();
        assertThat(Files.exists(to.resolve(ID.toString()))).isFalse();
    }

    @Test
    void otherPathsAndReplicasAreRefused() {
        assertThat(moves().move(ID, "/nowhere")).isEqualTo(ErrorCode.LOG_DIR_NOT_FOUND);
        assertThat(moves().move(ID, home().toString() + "/")).isEqualTo(ErrorCode.LOG_DIR_NOT_FOUND);
        assertThat(moves().move(ID, home().toString())).isEqualTo(ErrorCode.NONE);
        assertThat(moves().move(new TopicPartition("unknown", 0), home().toString()))
                .isEqualTo(ErrorCode.REPLICA_NOT_AVAILABLE);
    }

    @Test
    void replicaIsCreatedWhereItWasAskedFor() throws Exception {
        Path crowded = home();
        TopicPartition next = new TopicPartition(LocalBroker.TOPIC, 1);
        assertThat(moves().move(next, crowded.toString())).isEqualTo(ErrorCode.REPLICA_NOT_AVAILABLE);

        broker.follower.follow(LocalBroker.image(2, LocalBroker.ID, 1, List.of(LocalBroker.ID, LocalBroker.OTHER)));

        assertThat(broker.storage.directories().partitionsIn(crowded)).containsExactlyInAnyOrder(ID, next);
    }
}
