package io.tailrace.groups.offsets;

import io.tailrace.groups.ClassicSettings;
import io.tailrace.groups.ClusterSnapshot;
import io.tailrace.groups.ConsumerSettings;
import io.tailrace.groups.GroupSettings;
import io.tailrace.groups.GroupsShard;
import io.tailrace.groups.OffsetSettings;
import io.tailrace.groups.rules.GroupRules;
import io.tailrace.shard.Decision;
import io.tailrace.shard.Operation;
import io.tailrace.shard.Query;
import io.tailrace.shard.Reply;
import io.tailrace.shard.StoredRecord;
import io.tailrace.shard.Ticket;
import io.tailrace.shard.Timeout;
import io.tailrace.shard.TimerChange;
import io.tailrace.shard.TransactionPart;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Runs decisions on a shard in memory, with a clock that the test moves. Everything is committed unless a test says otherwise. */
final class TestShard {
    static final long RETENTION_MS = 1000;
    static final long CHECK_INTERVAL_MS = 100;
    static final int METADATA_BYTES_MAX = 10;

    private final Map<String, FixedTopic> topics = new HashMap<>();
    private final Set<String> unreadableTopics = new HashSet<>();
    private final List<Entry> entries = new ArrayList<>();
    private final Map<Timeout<GroupsShard>, Long> timers = new LinkedHashMap<>();
    private final Map<Long, Object> answers = new HashMap<>();
    private Cluster cluster = new Cluster(0, Map.of(), Set.of());
    private GroupsShard shard = emptyShard();
    private boolean committing = true;
    private long lastTicket;
    private long nowMs;
    private int recordsInLastDecision;

    /**
     * A part of the log.
     *
     * @param record null for a marker
     * @param transaction null for a record outside transactions
     */
    record Entry(
            long offset,
            @Nullable StoredRecord record,
            @Nullable TransactionPart transaction) {
        void replayTo(GroupsShard shard) {
            if (transaction instanceof TransactionPart.End end) {
                shard.endTransaction(offset, end.marker());
            } else if (transaction instanceof TransactionPart.Records part) {
                shard.replayInTransaction(offset, Objects.requireNonNull(record), part.producerId());
            } else {
                shard.replay(offset, Objects.requireNonNull(record));
            }
        }
    }

    private GroupsShard emptyShard() {
        return GroupRules.emptyShard(
                cluster,
                new GroupSettings(
                        ClassicSettings.defaults(),
                        ConsumerSettings.defaults(),
                        new OffsetSettings(METADATA_BYTES_MAX, RETENTION_MS, CHECK_INTERVAL_MS)));
    }

    TestShard topic(String name, int partitions) {
        topics.put(name, new FixedTopic(name, id(name), partitions));
        return clusterChanged();
    }

    /** The same name, but another topic. */
    void topicIsCreatedAgain(String name, int partitions) {
        topics.put(name, new FixedTopic(name, new UUID(8, name.hashCode()), partitions));
        clusterChanged();
    }

    void deleteTopic(String name) {
        topics.remove(name);
        clusterChanged();
    }

    void topicIsUnreadable(String name) {
        topics.remove(name);
        unreadableTopics.add(name);
        clusterChanged();
    }

    private TestShard clusterChanged() {
        cluster = new Cluster(cluster.version + 1, Map.copyOf(topics), Set.copyOf(unreadableTopics));
        shard.clusterChanged(cluster);
        return this;
    }

    /** From now on records are appended but not committed. */
    void stopCommitting() {
        committing = false;
    }

    void commitAll() {
        committing = true;
        commitTo(entries.size());
    }

    /** Everything below this offset is committed. */
    void commitTo(long end) {
        shard.timeline().commit(end);
    }

    void at(long ms) {
        nowMs = ms;
    }

    /** Runs an operation that is answered at once. */
    <A> A run(Operation<GroupsShard, A> operation) {
        return answer(submit(operation)).orElseThrow();
    }

    <A> Ticket<A> submit(Operation<GroupsShard, A> operation) {
        Ticket<A> ticket = new Ticket<>(++lastTicket);
        perform(operation.decide(shard, ticket, nowMs));
        return ticket;
    }

    @SuppressWarnings("unchecked") // The ticket's answer has its type.
    <A> Optional<A> answer(Ticket<A> ticket) {
        return Optional.ofNullable((A) answers.get(ticket.id()));
    }

    <A> A ask(Query<GroupsShard, A> query) {
        return query.answer(shard, nowMs);
    }

    /** Loads the log into a new shard, as after a failover. */
    void reload() {
        shard = load(entries);
        timers.clear();
        shard.loaded(nowMs).forEach(this::perform);
    }

    /** What a new coordinator would load from a log with these entries. */
    GroupsShard load(List<Entry> loaded) {
        GroupsShard empty = emptyShard();
        loaded.forEach(entry -> entry.replayTo(empty));
        empty.timeline().commit(entries.size());
        return empty;
    }

    void store(StoredRecord record) {
        append(record, null);
    }

    private void append(@Nullable StoredRecord record, @Nullable TransactionPart transaction) {
        Entry entry = new Entry(entries.size(), record, transaction);
        entry.replayTo(shard);
        entries.add(entry);
        if (committing) {
            shard.timeline().commit(entries.size());
        }
    }

    /** Moves the clock and runs the timers that expire until then, as many as there are. Returns how many ran. */
    int passUntil(long ms) {
        int ran = 0;
        for (var due = firstDue(ms); due.isPresent(); due = firstDue(ms)) {
            nowMs = Math.max(nowMs, due.get().getValue());
            timers.remove(due.get().getKey());
            perform(due.get().getKey().expired(shard, nowMs));
            ran++;
        }
        nowMs = ms;
        return ran;
    }

    private Optional<Map.Entry<Timeout<GroupsShard>, Long>> firstDue(long ms) {
        return timers.entrySet().stream()
                .filter(each -> each.getValue() <= ms)
                .min(Map.Entry.comparingByValue())
                .map(Map.Entry::copyOf);
    }

    /** Runs one timer. */
    void runTimer() {
        Timeout<GroupsShard> timer = timers.keySet().iterator().next();
        timers.remove(timer);
        perform(timer.expired(shard, nowMs));
    }

    private void perform(Decision<GroupsShard> decision) {
        recordsInLastDecision = decision.records().size();
        if (decision.transaction() instanceof TransactionPart.End) {
            append(null, decision.transaction());
        }
        decision.records().forEach(record -> append(record, decision.transaction()));
        decision.changes().forEach(change -> change.applyTo(shard));
        for (Reply<?> reply : decision.replies()) {
            answers.put(reply.ticket().id(), reply.answer());
        }
        decision.timers().forEach(this::perform);
    }

    private void perform(TimerChange<GroupsShard> change) {
        if (change instanceof TimerChange.Start<GroupsShard> start) {
            timers.put(start.timer(), start.atMs());
        } else if (change instanceof TimerChange.Renew<GroupsShard> renewal) {
            timers.put(renewal.timer(), renewal.atMs());
        } else {
            timers.remove(change.timer());
        }
    }

    int recordsInLastDecision() {
        return recordsInLastDecision;
    }

    /** The records, without markers. */
    List<StoredRecord> log() {
        return entries.stream()
                .map(Entry::record)
                .filter(Objects::nonNull)
                .map(Objects::requireNonNull)
                .toList();
    }

    List<Entry> entries() {
        return List.copyOf(entries);
    }

    GroupsShard state() {
        return shard;
    }

    static UUID id(String topic) {
        return new UUID(7, topic.hashCode());
    }

    private record Cluster(long version, Map<String, FixedTopic> topics, Set<String> unreadableTopics)
            implements ClusterSnapshot {
        @Override
        public Optional<Topic> topic(String name) {
            return Optional.ofNullable(topics.get(name));
        }

        @Override
        public Optional<Topic> topic(UUID id) {
            return topics.values().stream()
                    .filter(topic -> topic.id().equals(id))
                    .map(Topic.class::cast)
                    .findAny();
        }

        @Override
        public boolean mayExist(String name) {
            return topics.containsKey(name) || unreadableTopics.contains(name);
        }

        @Override
        public Collection<String> topicNames() {
            return topics.keySet();
        }
    }

    private record FixedTopic(String name, UUID id, int partitions) implements ClusterSnapshot.Topic {
        @Override
        public Set<String> racks(int partition) {
            return Set.of();
        }
    }
}
