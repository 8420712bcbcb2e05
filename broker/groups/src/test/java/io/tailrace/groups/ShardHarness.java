package io.tailrace.groups;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.groups.rules.GroupRules;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.shard.Decision;
import io.tailrace.shard.Operation;
import io.tailrace.shard.Query;
import io.tailrace.shard.Reply;
import io.tailrace.shard.StoredRecord;
import io.tailrace.shard.Ticket;
import io.tailrace.shard.Timeout;
import io.tailrace.shard.TimerChange;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Hosts a shard as a broker does, with a manual clock and a log in memory. Replies are sent as soon as they may be; what is appended
 * is committed at once, unless commits are held back.
 */
public final class ShardHarness {
    private ClusterSnapshot cluster;
    private final GroupSettings settings;
    private final List<StoredRecord> log = new ArrayList<>();
    private final Map<Timeout<GroupsShard>, Long> timers = new LinkedHashMap<>();
    private final Map<Long, Answer<?>> waiting = new LinkedHashMap<>();
    private final List<Parked> parked = new ArrayList<>();
    private GroupsShard shard;
    private long nowMs = 1_700_000_000_000L;
    private long tickets;
    private boolean holdsCommits;
    private int largestDecision;
    private ErrorCode refusesAppends = ErrorCode.NONE;

    /** A reply that is sent when everything below {@code end} is committed. */
    private record Parked(Reply<?> reply, long end) {}

    /** A shard without topics, with Apache Kafka's default settings. */
    public ShardHarness() {
        this(TestCluster.EMPTY, GroupSettings.defaults());
    }

    /** An empty shard. */
    public ShardHarness(ClusterSnapshot cluster, GroupSettings settings) {
        this.cluster = cluster;
        this.settings = settings;
        this.shard = GroupRules.emptyShard(cluster, settings);
    }

    /** The answer of a request, once there is one. */
    public static final class Answer<A> {
        private final Operation<GroupsShard, A> operation;
        private @Nullable A value;

        private Answer(Operation<GroupsShard, A> operation) {
            this.operation = operation;
        }

        /** Whether the request was answered. */
        public boolean isDone() {
            return value != null;
        }

        /** The answer. Fails if there is none yet. */
        public A get() {
            assertThat(value).as("answer to " + operation).isNotNull();
            return Optional.ofNullable(value).orElseThrow();
        }

        @SuppressWarnings("unchecked") // The ticket binds the type of the answer to its request.
        private void complete(Object answer) {
            assertThat(value).as("earlier answer to " + operation).isNull();
            value = (A) answer;
        }

        private void refuse(ErrorCode error) {
            complete(operation.refused(error));
        }
    }

    /** The time. */
    public long nowMs() {
        return nowMs;
    }

    /** The wall clock is set. Timers follow: a runtime measures them with another clock. */
    public void setClock(long byMs) {
        nowMs += byMs;
        timers.replaceAll((timer, atMs) -> atMs + byMs);
    }

    /** The state. */
    public GroupsShard shard() {
        return shard;
    }

    /** What was appended, in order. */
    public List<StoredRecord> log() {
        return Collections.unmodifiableList(log);
    }

    /** The running timers with the times at which they expire. */
    public Map<Timeout<GroupsShard>, Long> timers() {
        return Collections.unmodifiableMap(timers);
    }

    /** The number of requests without an answer. */
    public int waiting() {
        return waiting.size();
    }

    /** Appends a record that another coordinator decided. */
    public void store(StoredRecord record) {
        shard.replay(log.size(), record);
        log.add(record);
    }

    /** The most records that a decision had so far. */
    public int largestDecision() {
        return largestDecision;
    }

    /** Submits a request. */
    public <A> Answer<A> submit(Operation<GroupsShard, A> operation) {
        Ticket<A> ticket = new Ticket<>(tickets++);
        Answer<A> answer = new Answer<>(operation);
        waiting.put(ticket.id(), answer);
        Decision<GroupsShard> decision = operation.decide(shard, ticket, nowMs);
        requirePure(decision, operation.decide(shard, ticket, nowMs));
        if (!perform(decision)) {
            waiting.remove(ticket.id());
            answer.refuse(refusesAppends);
        }
        return answer;
    }

    private static void requirePure(Decision<GroupsShard> decision, Decision<GroupsShard> again) {
        assertThat(again.records()).as("records decided again").isEqualTo(decision.records());
        assertThat(again.replies()).as("replies decided again").isEqualTo(decision.replies());
        assertThat(again.timers()).as("timers decided again").isEqualTo(decision.timers());
    }

    /** Submits a request that is answered at once. */
    public <A> A call(Operation<GroupsShard, A> operation) {
        return submit(operation).get();
    }

    /** Reads committed state. */
    public <A> A query(Query<GroupsShard, A> query) {
        return query.answer(shard, nowMs);
    }

    /** Lets time pass. Timers expire one after the other, each at its time. */
    public void advance(long ms) {
        long end = nowMs + ms;
        for (Optional<Map.Entry<Timeout<GroupsShard>, Long>> next = earliest();
                next.isPresent() && next.get().getValue() <= end;
                next = earliest()) {
            nowMs = Math.max(nowMs, next.get().getValue());
            Timeout<GroupsShard> timer = next.get().getKey();
            timers.remove(timer);
            if (!perform(timer.expired(shard, nowMs))) {
                timers.put(timer, nowMs + 500);
            }
        }
        nowMs = end;
    }

    private Optional<Map.Entry<Timeout<GroupsShard>, Long>> earliest() {
        return timers.entrySet().stream()
                .min(Comparator.comparing(Map.Entry::getValue))
                .map(Map.Entry::copyOf);
    }

    /** Returns false if the append was refused. */
    private boolean perform(Decision<GroupsShard> decision) {
        if (refusesAppends != ErrorCode.NONE && !decision.records().isEmpty()) {
            for (TimerChange<GroupsShard> change : decision.timers()) {
                if (change instanceof TimerChange.Renew<GroupsShard> renewal) {
                    timers.computeIfPresent(renewal.timer(), (timer, atMs) -> renewal.atMs());
                }
            }
            return false;
        }
        largestDecision = Math.max(largestDecision, decision.records().size());
        decision.records().forEach(this::store);
        decision.changes().forEach(change -> change.applyTo(shard));
        for (TimerChange<GroupsShard> change : decision.timers()) {
            if (change instanceof TimerChange.Start<GroupsShard> start) {
                timers.put(start.timer(), start.atMs());
            } else if (change instanceof TimerChange.Renew<GroupsShard> renewal) {
                timers.put(renewal.timer(), renewal.atMs());
            } else {
                timers.remove(change.timer());
            }
        }
        decision.replies().forEach(reply -> parked.add(new Parked(reply, log.size())));
        if (!holdsCommits) {
            commit();
        }
        return true;
    }

    /** Nothing is committed from now on until {@link #commit}. */
    public void holdCommits() {
        holdsCommits = true;
    }

    /** Commits all that was appended, and from now on what will be. */
    public void commit() {
        holdsCommits = false;
        shard.timeline().commit(log.size());
        List<Parked> released = List.copyOf(parked);
        parked.clear();
        for (Parked one : released) {
            Answer<?> answer = waiting.remove(one.reply().ticket().id());
            if (answer != null) {
                answer.complete(one.reply().answer());
            }
        }
    }

    /** Refuses every append with this error from now on; {@code NONE} to accept them again. */
    public void refuseAppends(ErrorCode error) {
        refusesAppends = error;
    }

    /** The cluster has changed. */
    public void clusterChanged(ClusterSnapshot changed) {
        cluster = changed;
        shard.clusterChanged(changed);
    }

    /** Another broker loads the log and takes over. Requests that wait are answered {@code NOT_COORDINATOR}. */
    public void failOver() {
        List.copyOf(waiting.values()).forEach(answer -> answer.refuse(ErrorCode.NOT_COORDINATOR));
        waiting.clear();
        parked.clear();
        timers.clear();
        shard = replica();
        for (TimerChange<GroupsShard> change : shard.loaded(nowMs)) {
            timers.put(change.timer(), ((TimerChange.Start<GroupsShard>) change).atMs());
        }
    }

    /** What a new coordinator would load from the log as it is now. */
    public GroupsShard replica() {
        GroupsShard loaded = GroupRules.emptyShard(cluster, settings);
        for (int offset = 0; offset < log.size(); offset++) {
            byte[] key = copy(log.get(offset).key());
            ByteBuffer value = log.get(offset).value();
            if (value == null) {
                loaded.replay(offset, new StoredRecord(ByteBuffer.wrap(key), null));
            } else {
                byte[] valueCopy = copy(value);
                loaded.replay(offset, new StoredRecord(ByteBuffer.wrap(key), ByteBuffer.wrap(valueCopy)));
                // The buffers of a loaded record are used again.
                Arrays.fill(valueCopy, (byte) -1);
            }
            Arrays.fill(key, (byte) -1);
        }
        loaded.timeline().commit(log.size());
        return loaded;
    }

    private static byte[] copy(ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.duplicate().get(copy);
        return copy;
    }
}
