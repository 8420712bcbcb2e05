package io.tailrace.simulation;

import io.tailrace.server.partition.LeadershipListener;
import io.tailrace.server.shard.RunningTime;
import io.tailrace.server.shard.ShardHosts;
import io.tailrace.server.shard.ShardKind;
import io.tailrace.server.shard.ShardRuntime;
import io.tailrace.server.shard.Submission;
import io.tailrace.shard.Operation;
import io.tailrace.shard.Query;
import io.tailrace.shard.Shard;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Production's shards of one kind in one process of a broker. Simulated are their threads, alarms and clocks. A shard's work waits
 * for the partition's lock.
 */
final class SimulatedCoordinator<S extends Shard<S>> {
    /** How long an answer may wait for replicas. */
    private static final long ACKNOWLEDGE_MS_MAX = 400;

    private static final int PARTITION = SimulatedPartition.ID.partition();

    private final Cluster cluster;
    private final BrokerProcess process;
    private final ShardHosts<S> hosts;
    /** Answers of the work that runs now: they leave the broker when it is done. */
    private final List<Runnable> answers = new ArrayList<>();

    /** @param wallMs the broker's wall clock */
    SimulatedCoordinator(BrokerProcess process, ShardKind<S> kind, LongSupplier wallMs) {
        this.cluster = process.cluster();
        this.process = process;
        hosts = new ShardHosts<>(
                kind,
                new ShardRuntime(
                        work -> process.later(cluster.between(0, 1), () -> process.onPartition(() -> run(work))),
                        load -> process.later(cluster.between(1, 30), load),
                        this::alarm,
                        new RunningTime(cluster.timeline::nowMs),
                        wallMs,
                        ACKNOWLEDGE_MS_MAX));
    }

    LeadershipListener listener() {
        return hosts;
    }

    private Runnable alarm(long delayMs, Runnable task) {
        boolean[] cancelled = {false};
        process.later(delayMs, () -> {
            if (!cancelled[0]) {
                task.run();
            }
        });
        return () -> cancelled[0] = true;
    }

    private void run(Runnable work) {
        long endOffset = process.broker().disk().endOffset();
        work.run();
        process.partition().mayHaveGrown(endOffset);
        answer();
    }

    private void answer() {
        List<Runnable> ready = List.copyOf(answers);
        answers.clear();
        ready.forEach(Runnable::run);
    }

    <A> Submission submit(Operation<S, A> operation, Consumer<A> taker) {
        Submission submission = hosts.submit(PARTITION, operation, answer -> answers.add(() -> taker.accept(answer)));
        answer();
        return submission;
    }

    <A> Submission query(Query<S, A> query, Consumer<A> taker) {
        hosts.query(PARTITION, query, answer -> answers.add(() -> taker.accept(answer)));
        answer();
        return () -> {};
    }
}
