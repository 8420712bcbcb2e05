package io.tailrace.server.partition;

import static io.tailrace.server.Batches.batch;
import static io.tailrace.server.Batches.stamped;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.EpochEnd;
import io.tailrace.replication.Event;
import io.tailrace.replication.FollowerFetch;
import io.tailrace.replication.Leader;
import io.tailrace.replication.LogView;
import io.tailrace.replication.Replica;
import io.tailrace.replication.cluster.Incarnation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds what the rules know about a log against the log itself, over random histories. */
class LogViewTest {
    private static final int STEPS = 400;

    private final List<String> history = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void rulesKnowTheLogAsItIs(long seed, @TempDir Path directory) throws IOException {
        Random random = new Random(seed);
        try (TwoReplicas replicas = new TwoReplicas(directory)) {
            for (int i = 0; i < STEPS; i++) {
                step(replicas, random);
                assertThat(replicas.partition().replica().log().extent())
                        .as("seed %d after %s", seed, history)
                        .isEqualTo(ReplicaStateMachine.extentOf(replicas.log()));
            }
        }
    }

    private void step(TwoReplicas replicas, Random random) throws IOException {
        Partition partition = replicas.partition();
        Replica replica = partition.replica();
        LogView log = replica.log();
        int epoch = replica.leaderEpoch();
        switch (random.nextInt(8)) {
            case 0 -> {
                history.add("elected");
                replicas.elect(1, epoch + 1);
            }
            case 1 -> {
                history.add("follows");
                replicas.elect(2, epoch + 1);
            }
            case 2 -> {
                long start = random.nextLong(log.startOffset(), log.highWatermark() + 1);
                history.add("deletes before " + start);
                replicas.log().deleteRecordsBefore(start);
                partition.logStartMayHaveMoved();
            }
            case 3 -> {
                long end = random.nextLong(Math.max(0, log.endOffset() - 6), log.endOffset() + 6);
                EpochEnd leaderEnd = new EpochEnd(random.nextInt(-1, epoch + 1), end);
                history.add("diverges at " + leaderEnd);
                replicas.handle(new Event.Diverged(epoch, leaderEnd));
            }
            case 4 -> {
                long leaderStart = log.endOffset() + random.nextInt(-5, 5);
                history.add("falls behind " + leaderStart);
                replicas.handle(new Event.FellBehind(epoch, leaderStart));
            }
            default -> write(replicas, random);
        }
    }

    private void write(TwoReplicas replicas, Random random) {
        Partition partition = replicas.partition();
        LogView log = partition.replica().log();
        int epoch = partition.replica().leaderEpoch();
        if (partition.replica() instanceof Leader) {
            history.add("appends");
            partition.append(batch("a"), Replica.ANY_EPOCH, true);
            Incarnation follower = new Incarnation(2, TwoReplicas.FOLLOWER_EPOCH);
            replicas.handle(new Event.Fetched(new FollowerFetch(follower, epoch, log.endOffset() + 1, epoch, 0)));
        } else {
            int writtenIn = random.nextInt(Math.max(0, log.epochs().latest()), epoch + 1);
            history.add("copies from epoch " + writtenIn);
            long leaderStart = Math.max(0, log.startOffset() + random.nextInt(-3, 3));
            partition.copy(
                    new LeaderAnswer(epoch, stamped(log.endOffset(), writtenIn, "b"), log.endOffset(), leaderStart));
        }
    }
}
