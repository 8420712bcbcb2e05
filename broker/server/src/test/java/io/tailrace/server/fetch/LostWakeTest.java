package io.tailrace.server.fetch;

import static io.tailrace.server.fetch.ManyPartitions.followed;
import static io.tailrace.server.fetch.ManyPartitions.wanted;
import static io.tailrace.server.partition.TwoReplicas.FOLLOWER_EPOCH;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.message.FetchResponse;
import io.tailrace.server.api.FileRecords;
import io.tailrace.server.partition.TwoReplicas;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * No reader sleeps through a record. In each round two threads append at the same moment, each to a partition of its own, and every
 * reader must get both records: a mark or a wake that is lost ends the test in that round.
 */
class LostWakeTest {
    private static final int ROUNDS = 2_000;
    private static final int PARTITIONS = 6;
    private static final int CONSUMERS = 3;
    private static final int PATIENCE_SECONDS = 60;
    private static final int BYTES_MAX = 100_000;

    private final long seed = new Random().nextLong();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private TwoReplicas replicas;
    private ManyPartitions partitions;

    @BeforeEach
    void start(@TempDir Path directory) throws Exception {
        replicas = new TwoReplicas(directory);
        partitions = new ManyPartitions(replicas, PARTITIONS);
    }

    @AfterEach
    void stop() throws Exception {
        threads.shutdownNow();
        assertThat(threads.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        replicas.close();
    }

    @Test
    void everyReaderGetsEveryRecordWhileItWaits() throws Exception {
        // Readers and appenders meet after each round. The follower's reader moves the high watermarks.
        CyclicBarrier round = new CyclicBarrier(CONSUMERS + 1 + 2);
        List<Future<?>> all = new ArrayList<>();
        for (int i = 0; i < CONSUMERS; i++) {
            boolean session = i > 0;
            all.add(threads.submit(() -> new Reading(new Requester(-1, -1, "", false, false), session).run(round)));
        }
        all.add(threads.submit(() -> new Reading(new Requester(2, FOLLOWER_EPOCH, "", false, false), true).run(round)));
        for (int half = 0; half < 2; half++) {
            int from = half * PARTITIONS / 2;
            Random random = new Random(seed + half);
            all.add(threads.submit(() -> append(random, from, round)));
        }
        for (Future<?> each : all) {
            assertThat(each).as("seed %d", seed).succeedsWithin(Duration.ofMinutes(10));
        }
    }

    private void append(Random random, int from, CyclicBarrier round) {
        for (int i = 0; i < ROUNDS; i++) {
            meet(round);
            if (random.nextInt(4) == 0) {
                partitions.get(random.nextInt(PARTITIONS)).leaseEnded();
            }
            partitions.append(from + random.nextInt(PARTITIONS / 2));
            meet(round);
        }
    }

    private static void meet(CyclicBarrier round) {
        try {
            round.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
            throw new IllegalStateException("a reader or an appender did not come", e);
        }
    }

    /** A client that reads two records in each round. */
    private final class Reading {
        private final Requester requester;
        private final boolean session;
        private final Semaphore wakes = new Semaphore(0);
        private final long[] offsets = new long[PARTITIONS];
        private FetchPlan plan;

        Reading(Requester requester, boolean session) {
            this.requester = requester;
            this.session = session;
            this.plan = newPlan();
        }

        private FetchPlan newPlan() {
            FetchPlan made = new FetchPlan(replicas.partitions(), requester, false);
            for (int index = 0; index < PARTITIONS; index++) {
                made.want(requester.isFollower() ? followed(offsets[index], index) : wanted(offsets[index], index));
            }
            if (session) {
                made.follow();
            }
            return made;
        }

        void run(CyclicBarrier round) {
            for (int i = 0; i < ROUNDS; i++) {
                meet(round);
                for (int records = 0; records < 2; ) {
                    records += fetch();
                }
                meet(round);
            }
        }

        private int fetch() {
            if (!session) {
                plan = newPlan();
            }
            FetchAttempt attempt = new FetchAttempt(plan, BYTES_MAX);
            var unused = plan.takeChanged();
            attempt.lookAtActive();
            boolean follows = session;
            while (!attempt.isEnough(1)) {
                attempt.close();
                if (!follows) {
                    plan.follow();
                    follows = true;
                }
                sleep();
                attempt = new FetchAttempt(plan, BYTES_MAX);
                attempt.look(plan.takeChanged());
            }
            plan.changes().stopWaiting();
            int records = 0;
            for (var topic : session ? attempt.answerChanged() : attempt.answerAll()) {
                for (FetchResponse.Partition part : topic.partitions()) {
                    records += take(part);
                }
            }
            if (!session) {
                plan.close();
            }
            return records;
        }

        private void sleep() {
            if (!plan.changes().callAtNextChange(wakes::release)) {
                return;
            }
            try {
                if (!wakes.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                    throw new IllegalStateException("slept through a record, seed " + seed);
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        private int take(FetchResponse.Partition part) {
            if (!(part.records() instanceof FileRecords file)) {
                return 0;
            }
            file.slice().close();
            int index = part.partitionIndex();
            offsets[index]++;
            plan.want(requester.isFollower() ? followed(offsets[index], index) : wanted(offsets[index], index));
            if (requester.isFollower()) {
                TwoReplicas.followerFetches(partitions.get(index), offsets[index]);
            }
            return 1;
        }
    }
}
