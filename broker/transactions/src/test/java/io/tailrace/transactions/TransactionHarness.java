package io.tailrace.transactions;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Hosts a shard as a broker does, with a manual clock and a log in memory. Commits at once, unless commits are held back. */
final class TransactionHarness {
    static final String ID = "payments";
    static final TopicPartition A = new TopicPartition("a", 0);
    static final TopicPartition B = new TopicPartition("b", 3);
    static final short V1 = 1;
    static final short V2 = 2;
    static final int TIMEOUT_MS = 60_000;

    private final List<StoredRecord> log = new ArrayList<>();
    private final Map<Timeout<TransactionsShard>, Long> timers = new LinkedHashMap<>();
    private final TransactionSettings settings;
    private TransactionsShard shard;
    private long nowMs = 1_700_000_000_000L;
    private long nextProducerId = 1_000;
    private long tickets;
    private boolean holdsCommits;

    TransactionHarness() {
        this(TransactionSettings.defaults());
    }

    TransactionHarness(TransactionSettings settings) {
        this.settings = settings;
        this.shard = new TransactionsShard(settings);
        startLoadedTimers();
    }

    long nowMs() {
        return nowMs;
    }

    List<StoredRecord> log() {
        return Collections.unmodifiableList(log);
    }

    TransactionsShard shard() {
        return shard;
    }

    Map<Timeout<TransactionsShard>, Long> timers() {
        return Collections.unmodifiableMap(timers);
    }

    /** The newest state. Fails if there is none. */
    Transaction state() {
        return Optional.ofNullable(shard.transactions().get(ID)).orElseThrow();
    }

    /** Stores a state as another coordinator might have left it. */
    void store(Transaction transaction) {
        append(StoredTransaction.record(ID, transaction));
        shard.timeline().commit(log.size());
    }

    <A> A call(Operation<TransactionsShard, A> operation) {
        Ticket<A> ticket = new Ticket<>(tickets++);
        Decision<TransactionsShard> decision = operation.decide(shard, ticket, nowMs);
        Decision<TransactionsShard> again = operation.decide(shard, ticket, nowMs);
        assertThat(again.records()).as("records decided again").isEqualTo(decision.records());
        assertThat(again.replies()).as("replies decided again").isEqualTo(decision.replies());
        perform(decision);
        @Nullable Object answer = null;
        for (Reply<?> reply : decision.replies()) {
            answer = reply.ticket().equals(ticket) ? reply.answer() : answer;
        }
        assertThat(answer).as("answer to %s", operation).isNotNull();
        @SuppressWarnings("unchecked") // The ticket binds the answer to its operation.
        A typed = (A) Optional.ofNullable(answer).orElseThrow();
        return typed;
    }

    <A> A query(Query<TransactionsShard, A> query) {
        return query.answer(shard, nowMs);
    }

    /** Submits again with a fresh producer id if there needs to be one, as the server does. */
    ProducerAnswer init(ProducerIdentity expected) {
        ProducerAnswer answer = call(new InitProducer(ID, TIMEOUT_MS, expected, OptionalLong.empty()));
        return answer.needsProducerId()
                ? call(new InitProducer(ID, TIMEOUT_MS, expected, OptionalLong.of(nextProducerId++)))
                : answer;
    }

    ProducerAnswer init() {
        return init(ProducerIdentity.NONE);
    }

    ErrorCode add(ProducerIdentity producer, short version, TopicPartition... partitions) {
        return call(new AddPartitions(ID, producer, Set.of(partitions), version));
    }

    ProducerAnswer end(ProducerIdentity producer, boolean commit, short version) {
        ProducerAnswer answer = call(new EndTransaction(ID, producer, commit, version, OptionalLong.empty()));
        return answer.needsProducerId()
                ? call(new EndTransaction(ID, producer, commit, version, OptionalLong.of(nextProducerId++)))
                : answer;
    }

    List<OwedMarker> owed() {
        return query(new OwedMarkers()).markers();
    }

    /** Writes all markers that are owed. */
    List<OwedMarker> writeMarkers() {
        List<OwedMarker> owed = owed();
        for (OwedMarker each : owed) {
            assertThat(call(new MarkersWritten(each.transactionalId(), each.endOffset(), each.partitions())))
                    .isEqualTo(ErrorCode.NONE);
        }
        return owed;
    }

    void advance(long ms) {
        long end = nowMs + ms;
        for (Optional<Map.Entry<Timeout<TransactionsShard>, Long>> next = earliest();
                next.isPresent() && next.get().getValue() <= end;
                next = earliest()) {
            nowMs = Math.max(nowMs, next.get().getValue());
            Timeout<TransactionsShard> timer = next.get().getKey();
            timers.remove(timer);
            perform(timer.expired(shard, nowMs));
        }
        nowMs = end;
    }

    private Optional<Map.Entry<Timeout<TransactionsShard>, Long>> earliest() {
        return timers.entrySet().stream().min(Map.Entry.comparingByValue()).map(Map.Entry::copyOf);
    }

    private void perform(Decision<TransactionsShard> decision) {
        decision.records().forEach(this::append);
        decision.changes().forEach(change -> change.applyTo(shard));
        for (TimerChange<TransactionsShard> change : decision.timers()) {
            if (change instanceof TimerChange.Start<TransactionsShard> start) {
                timers.put(start.timer(), start.atMs());
            } else {
                timers.remove(change.timer());
            }
        }
        if (!holdsCommits) {
            shard.timeline().commit(log.size());
        }
    }

    private void append(StoredRecord record) {
        shard.replay(log.size(), record);
        log.add(record);
    }

    void holdCommits() {
        holdsCommits = true;
    }

    void commit() {
        holdsCommits = false;
        shard.timeline().commit(log.size());
    }

    /** Another broker loads the log and takes over. */
    void failOver() {
        shard = replica();
        timers.clear();
        startLoadedTimers();
    }

    private void startLoadedTimers() {
        for (TimerChange<TransactionsShard> change : shard.loaded(nowMs)) {
            timers.put(change.timer(), ((TimerChange.Start<TransactionsShard>) change).atMs());
        }
    }

    /** What a new coordinator would load. The buffers of a loaded record are used again. */
    TransactionsShard replica() {
        TransactionsShard loaded = new TransactionsShard(settings);
        for (int offset = 0; offset < log.size(); offset++) {
            byte[] key = copy(log.get(offset).key());
            ByteBuffer value = log.get(offset).value();
            byte[] valueCopy = value == null ? new byte[0] : copy(value);
            loaded.replay(
                    offset, new StoredRecord(ByteBuffer.wrap(key), value == null ? null : ByteBuffer.wrap(valueCopy)));
            Arrays.fill(key, (byte) -1);
            Arrays.fill(valueCopy, (byte) -1);
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
