package io.tailrace.replication.simulation;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.Effect;
import io.tailrace.replication.Event;
import io.tailrace.replication.FetchVerdict;
import io.tailrace.replication.Follower;
import io.tailrace.replication.FollowerFetch;
import io.tailrace.replication.Leader;
import io.tailrace.replication.PartitionRules;
import io.tailrace.replication.Replica;
import io.tailrace.replication.Transition;
import io.tailrace.replication.cluster.PartitionState;
import io.tailrace.replication.simulation.Disk.Batch;
import io.tailrace.replication.simulation.Disk.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/** The partition in one process: its role, by the rules of production, and what the effects ask for. */
final class SimulatedPartition implements Effect.Performer<RuntimeException> {
    static final TopicPartition ID = new TopicPartition(Store.TOPIC, 0);
    private static final PartitionRules RULES = new PartitionRules(200);
    private static final int ENTRIES_READ_MAX = 8;

    /** What a fetch is answered with. */
    record Fetched(FetchVerdict verdict, List<Entry> entries, long highWatermark, long startOffset) {}

    /** What a produce is answered with; an offset only without an error. */
    record Produced(ErrorCode error, long offset) {}

    private record Waiting(long offset, Consumer<ErrorCode> whenDone) {}

    private final Cluster cluster;
    private final BrokerProcess process;
    private final Disk disk;
    private final Following following;
    private final List<Waiting> acks = new ArrayList<>();
    private Replica role;

    SimulatedPartition(Cluster cluster, BrokerProcess process) {
        this.cluster = cluster;
        this.process = process;
        disk = process.broker().disk();
        role = Replica.opened(ID, process.id(), cluster.settings.minInsync(), disk.view());
        following = new Following(cluster, process, this);
    }

    Replica role() {
        return role;
    }

    Disk disk() {
        return disk;
    }

    void step(Event event) {
        Transition transition = RULES.step(role, event, cluster.timeline.nowMs());
        if (role != transition.state()) {
            cluster.invariants.somethingChanged();
        }
        role = transition.state();
        transition.effects().forEach(effect -> {
            cluster.tell(() -> "broker " + process.id() + ": " + effect);
            effect.performBy(this);
        });
    }

    @Override
    public void perform(Effect.HighWatermarkAdvanced advanced) {
        if (role instanceof Leader) {
            cluster.promises.commit(role.leaderEpoch(), disk, advanced.highWatermark());
        }
        answer(ErrorCode.NONE, advanced.highWatermark());
    }

    @Override
    public void perform(Effect.AcksFailed failed) {
        answer(failed.error(), Long.MAX_VALUE);
    }

    @Override
    public void perform(Effect.LeadershipStarted started) {
        disk.beginEpoch(started.leaderEpoch());
    }

    @Override
    public void perform(Effect.LeadershipEnded ended) {}

    @Override
    public void perform(Effect.TruncateTo truncate) {
        disk.truncate(truncate.offset());
    }

    @Override
    public void perform(Effect.RestartLogAt restart) {
        disk.restartAt(restart.offset());
    }

    @Override
    public void perform(Effect.ProposeIsr propose) {
        propose(propose.next());
    }

    @Override
    public void perform(Effect.ReadBack readBack) {
        readBack(readBack.expectedVersion());
    }

    @Override
    public void perform(Effect.StartFetching start) {
        following.start(start.leader(), start.leaderEpoch());
    }

    @Override
    public void perform(Effect.StopFetching stop) {
        following.stop();
    }

    private void propose(PartitionState next) {
        Event unknown = new Event.ProposalUnknown(next.version());
        process.link()
                .call(
                        () -> cluster.store.propose(next),
                        written -> tellLater(written.<Event>map(Event.ProposalWritten::new)
                                // A write whose answer is lost is tried again, and then refused because of itself.
                                .filter(event -> !cluster.oneIn(20))
                                .orElseGet(() -> new Event.ProposalRefused(next.version()))),
                        () -> tellLater(unknown));
    }

    private void readBack(int expectedVersion) {
        process.later(cluster.between(10, 60), () -> process.link()
                .call(
                        cluster.store::state,
                        state -> tellLater(new Event.StateReadBack(expectedVersion, state.orElseThrow())),
                        () -> tellLater(new Event.ProposalUnknown(expectedVersion))));
    }

    private void tellLater(Event event) {
        process.later(cluster.between(0, 3), () -> process.onPartition(() -> step(event)));
    }

    /** Produces one record: answers when it is acknowledged as {@code acks} (-1 for all, 1, 0) says. */
    void produce(int acks, Batch batch, long value, Consumer<Produced> answer) {
        ErrorCode refusal =
                role.leadershipIn(Replica.ANY_EPOCH).map(leader -> leader.appendable(acks < 0), error -> error);
        if (refusal != ErrorCode.NONE) {
            answer.accept(new Produced(refusal, -1));
            return;
        }
        if (!appendsFirst(acks)) {
            answer.accept(new Produced(ErrorCode.NONE, disk.endOffset()));
            return;
        }
        OptionalLong known = batch.equals(Batch.NONE) ? OptionalLong.empty() : disk.offsetOf(batch);
        if (known.isEmpty() && !isNext(batch)) {
            answer.accept(new Produced(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER, -1));
            return;
        }
        long offset = known.orElseGet(() -> append(acks, batch, value));
        if (acks < 0) {
            awaitAcks(offset + 1, error -> answer.accept(new Produced(error, offset)));
        } else {
            answer.accept(new Produced(ErrorCode.NONE, offset));
        }
    }

    /** Whatever is acknowledged, with any {@code acks}, is in the leader's log before. */
    boolean appendsFirst(int acks) {
        return acks >= -1;
    }

    private boolean isNext(Batch batch) {
        Batch last = disk.lastBatch(batch.producer());
        return batch.equals(Batch.NONE)
                || last.equals(Batch.NONE)
                || (batch.producerEpoch() == last.producerEpoch() && batch.sequence() == last.sequence() + 1)
                || (batch.producerEpoch() > last.producerEpoch() && batch.sequence() == 0);
    }

    private long append(int acks, Batch batch, long value) {
        Leader leader = (Leader) role;
        if (acks < 0) {
            cluster.invariants.appendsForAllInsync(leader);
        }
        long offset = disk.endOffset();
        disk.append(new Entry(leader.leaderEpoch(), batch, value));
        process.wrote();
        step(new Event.Appended(leader.leaderEpoch(), disk.extent()));
        return offset;
    }

    private void awaitAcks(long offset, Consumer<ErrorCode> whenDone) {
        if (((Leader) role).acknowledged(offset)) {
            whenDone.accept(ErrorCode.NONE);
        } else {
            acks.add(new Waiting(offset, whenDone));
        }
    }

    private void answer(ErrorCode error, long below) {
        List<Waiting> done =
                acks.stream().filter(waiting -> waiting.offset <= below).toList();
        acks.removeAll(done);
        done.forEach(waiting -> waiting.whenDone.accept(error));
    }

    /** Answers a follower, after a while if there is nothing for it yet. */
    void fetch(FollowerFetch fetch, Consumer<Fetched> answer) {
        step(new Event.Fetched(asTold(fetch)));
        Fetched now = read(fetch);
        if (now.verdict() instanceof FetchVerdict.Read && now.entries().isEmpty()) {
            process.later(cluster.between(4, 20), () -> process.onPartition(() -> answer.accept(read(fetch))));
        } else {
            answer.accept(now);
        }
    }

    /** A fetch is of the life of a broker that made it, whichever is registered by now. */
    private FollowerFetch asTold(FollowerFetch fetch) {
        return fetch;
    }

    private Fetched read(FollowerFetch fetch) {
        FetchVerdict verdict = role.leadershipIn(fetch.currentLeaderEpoch())
                .map(leader -> leader.followerFetch(fetch), FetchVerdict.Refused::new);
        return read(fetch.fetchOffset(), verdict);
    }

    /** Answers a consumer that believes in this leader epoch. */
    Fetched consume(long offset, int currentLeaderEpoch) {
        FetchVerdict verdict = role.leadershipIn(currentLeaderEpoch)
                .map(leader -> leader.consumerFetch(offset), FetchVerdict.Refused::new);
        return read(offset, verdict);
    }

    private Fetched read(long offset, FetchVerdict verdict) {
        List<Entry> entries = List.of();
        if (verdict instanceof FetchVerdict.Read read) {
            entries = disk.read(offset, Math.min(read.endOffset(), offset + cluster.between(1, ENTRIES_READ_MAX)));
        }
        return new Fetched(verdict, entries, role.log().highWatermark(), disk.startOffset());
    }

    /** The latest offset, as a client that believes in this leader epoch is told; nothing if it is told to ask again. */
    OptionalLong latestOffset(int currentLeaderEpoch) {
        Optional<Long> latest =
                role.leadershipIn(currentLeaderEpoch).map(Leader::latestOffset, error -> Optional.empty());
        latest.ifPresent(offset -> cluster.invariants.tellsLatestOffset(role.leaderEpoch(), offset));
        return latest.map(OptionalLong::of).orElseGet(OptionalLong::empty);
    }

    /** Takes over what a leader answered; false if it is better not asked again at once. */
    boolean take(FollowerFetch fetch, Fetched answer) {
        int epoch = fetch.currentLeaderEpoch();
        if (answer.verdict() instanceof FetchVerdict.Diverging diverging) {
            step(new Event.Diverged(epoch, diverging.end()));
            return true;
        }
        if (answer.verdict() instanceof FetchVerdict.Refused refused) {
            if (refused.error() == ErrorCode.OFFSET_OUT_OF_RANGE) {
                step(new Event.FellBehind(epoch, answer.startOffset()));
            }
            return false;
        }
        if (role instanceof Follower follower
                && follower.follows(epoch)
                && follower.log().endOffset() == fetch.fetchOffset()) {
            disk.copy(answer.entries());
            process.wrote();
            step(new Event.Replicated(epoch, disk.extent(), answer.highWatermark()));
        }
        return true;
    }

    /** Retention: what lies below the high watermark may go, and each broker decides for itself. */
    void retain(long offset) {
        disk.retainFrom(Math.min(offset, role.log().highWatermark()));
        step(new Event.LogStartMoved(disk.extent()));
    }
}
