package io.tailrace.server.shard;

import io.tailrace.replication.Event;
import io.tailrace.replication.FollowerFetch;
import io.tailrace.replication.cluster.Incarnation;
import io.tailrace.replication.cluster.PartitionAssignment;
import io.tailrace.replication.cluster.PartitionState;
import io.tailrace.server.partition.Partition;
import io.tailrace.server.partition.TwoReplicas;
import io.tailrace.shard.Operation;
import io.tailrace.shard.Query;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Executor;

/**
 * A shard of {@link Words} on this broker's replica of a partition with a follower. Nothing happens by itself: tasks run when a test
 * says so, time passes when it says so, and the follower fetches when it says so.
 */
final class ShardFixture implements AutoCloseable {
    static final long ACKNOWLEDGE_MS = 5_000;
    private static final Incarnation SELF = new Incarnation(1, TwoReplicas.SELF_EPOCH);
    private static final Incarnation FOLLOWER = new Incarnation(2, TwoReplicas.FOLLOWER_EPOCH);
    private static final int FIRST_EPOCH = TwoReplicas.LEADER_EPOCH + 1;

    private final TwoReplicas replicas;
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final List<Alarm> alarms = new ArrayList<>();
    private final RunningTime time = new RunningTime(() -> this.steadyMs);
    private final ShardHosts<Words> hosts;
    private int leaderEpoch = FIRST_EPOCH;
    private int stateVersion = 100;
    private int refreshed;
    private long steadyMs = 1_000_000;
    private long wallMs = 1_700_000_000_000L;

    private record Alarm(long atMs, Runnable task) {}

    /** The partition is led by the follower at first, and has no role here. */
    ShardFixture(Path directory) throws IOException {
        this(directory, Map.of(), Runnable::run);
    }

    /**
     * The same, with settings of the topic.
     *
     * @param background syncs
     */
    ShardFixture(Path directory, Map<String, String> configs, Executor background) throws IOException {
        replicas = new TwoReplicas(directory, configs, 0, background);
        ShardRuntime runtime =
                new ShardRuntime(tasks::add, tasks::add, this::alarm, time, () -> wallMs, ACKNOWLEDGE_MS);
        hosts = new ShardHosts<>(
                new ShardKind<Words>() {
                    @Override
                    public String topic() {
                        return TwoReplicas.TOPIC;
                    }

                    @Override
                    public Words create() {
                        return new Words();
                    }

                    @Override
                    public void refresh(Words state) {
                        refreshed++;
                    }
                },
                runtime);
        replicas.onRoleChange(
                () -> hosts.leadershipChanged(partition(), partition().replica()));
    }

    private Runnable alarm(long delayMs, Runnable task) {
        Alarm alarm = new Alarm(steadyMs + delayMs, task);
        alarms.add(alarm);
        return () -> alarms.remove(alarm);
    }

    /** This broker leads in a new epoch. The shard is not loaded before {@link #run}. */
    void lead() {
        leaderEpoch++;
        agree(1, List.of(SELF, FOLLOWER));
    }

    /** This broker leads, and the shard answers: the follower has everything. */
    void leadLoaded() {
        lead();
        run();
        followerFetchesAll();
    }

    /** The other broker leads. */
    void follow() {
        leaderEpoch++;
        agree(2, List.of(SELF, FOLLOWER));
    }

    /** Only this broker is in sync, in the current epoch: fewer than the topic needs. */
    void shrinkIsr() {
        agree(1, List.of(SELF));
    }

    /** Both are in sync again, in the current epoch. */
    void expandIsr() {
        agree(1, List.of(SELF, FOLLOWER));
    }

    private void agree(int leader, List<Incarnation> isr) {
        PartitionState state = new PartitionState(leader, leaderEpoch, isr, List.of(), leader, 1, stateVersion++);
        replicas.handle(new Event.StateRead(PartitionAssignment.of(List.of(1, 2)), state));
    }

    /** Runs tasks until there are none. */
    void run() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    /** The follower acknowledges everything, and what follows from that is done. */
    void followerFetchesAll() {
        long end = partition().logEndOffset();
        int lastEpoch = end == 0 ? -1 : replicas.log().epochs().latest();
        replicas.handle(new Event.Fetched(new FollowerFetch(FOLLOWER, leaderEpoch, end, lastEpoch, 0)));
        run();
    }

    /** Time passes while the process runs. */
    void pass(long ms) {
        for (long left = ms; left > 0; left -= RunningTime.TICK_MS) {
            jump(Math.min(left, RunningTime.TICK_MS));
            var unused = time.nowMs();
            run();
        }
    }

    /** The process stands still, and then goes on: alarms ring, and tasks wait. */
    void jump(long ms) {
        steadyMs += ms;
        wallMs += ms;
        List<Alarm> due = alarms.stream()
                .filter(alarm -> alarm.atMs() <= steadyMs)
                .sorted(Comparator.comparingLong(Alarm::atMs))
                .toList();
        alarms.removeAll(due);
        due.forEach(alarm -> alarm.task().run());
    }

    /** Only the wall clock jumps. */
    void setWallClock(long byMs) {
        wallMs += byMs;
    }

    /** How often a state was refreshed. */
    int refreshed() {
        return refreshed;
    }

    int alarmsSet() {
        return alarms.size();
    }

    /** Submits an operation; its answer comes into the list. */
    Submission submit(Operation<Words, String> operation, List<String> answers) {
        return hosts.submit(0, operation, answers::add);
    }

    /** Submits an operation and runs it. */
    List<String> submit(Operation<Words, String> operation) {
        List<String> answers = new ArrayList<>();
        var unused = submit(operation, answers);
        run();
        return answers;
    }

    /** Asks at once. */
    String ask(Query<Words, String> query) {
        List<String> answers = new ArrayList<>();
        hosts.query(0, query, answers::add);
        run();
        return String.join(",", answers);
    }

    /** Requests without an answer. */
    int requestsOpen() {
        return hosts.statuses().stream().mapToInt(ShardStatus::requestsOpen).sum();
    }

    ShardHosts<Words> hosts() {
        return hosts;
    }

    TwoReplicas replicas() {
        return replicas;
    }

    Partition partition() {
        return replicas.partition();
    }

    @Override
    public void close() throws IOException {
        replicas.close();
    }
}
