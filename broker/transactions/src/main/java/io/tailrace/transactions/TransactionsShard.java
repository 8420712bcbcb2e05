package io.tailrace.transactions;

import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.codec.MalformedMessageException;
import io.tailrace.protocol.codec.TransactionRecords;
import io.tailrace.protocol.transaction.TransactionLogKey;
import io.tailrace.shard.Shard;
import io.tailrace.shard.StoredRecord;
import io.tailrace.shard.Timeline;
import io.tailrace.shard.TimelineMap;
import io.tailrace.shard.TimerChange;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The transactional ids in one partition of {@code __transaction_state}. Confined to one thread at a time. */
public final class TransactionsShard implements Shard<TransactionsShard> {
    private final Timeline timeline = new Timeline();
    private final TimelineMap<String, Transaction> transactions = new TimelineMap<>(timeline);

    /** The ids whose newest state owes markers, in the order of their records, with the records' offsets. */
    private final Map<String, Long> owing = new LinkedHashMap<>();

    /** The partitions of such ids that have their marker. Not stored: a new coordinator sends all markers again. */
    private final Map<String, Set<TopicPartition>> marked = new HashMap<>();

    private final TransactionSettings settings;

    /** An empty shard. */
    public TransactionsShard(TransactionSettings settings) {
        this.settings = settings;
    }

    /** The transactional ids. */
    TimelineMap<String, Transaction> transactions() {
        return transactions;
    }

    /** The settings. */
    public TransactionSettings settings() {
        return settings;
    }

    /**
     * The ids that owe markers, in the order in which their transactions ended, each with the offset of the record that ended it. In
     * version 1, only the offset tells two transactions of a producer apart.
     */
    Map<String, Long> owing() {
        return owing;
    }

    /** The partitions of a transaction that ends and do not have its marker yet; for any other transaction, all. */
    SortedSet<TopicPartition> unmarked(String transactionalId, Transaction transaction) {
        SortedSet<TopicPartition> left = new TreeSet<>(transaction.partitions());
        left.removeAll(marked.getOrDefault(transactionalId, Set.of()));
        return left;
    }

    /** Partitions of the transaction that ends have its marker. */
    void mark(String transactionalId, Collection<TopicPartition> partitions) {
        marked.computeIfAbsent(transactionalId, absent -> new TreeSet<>()).addAll(partitions);
    }

    @Override
    public Timeline timeline() {
        return timeline;
    }

    @Override
    public void replay(long offset, StoredRecord record) {
        Optional<TransactionLogKey> key;
        @Nullable Transaction transaction;
        try {
            key = TransactionRecords.decodeKey(record.key());
            ByteBuffer value = record.value();
            transaction = key.isEmpty() || value == null
                    ? null
                    : StoredTransaction.read(TransactionRecords.decodeValue(value));
        } catch (MalformedMessageException e) {
            throw new IllegalArgumentException("record at offset " + offset + ": " + e.getMessage(), e);
        }
        if (key.isPresent()) {
            timeline.startRecord(offset);
            replace(key.get().transactionalId(), transaction, offset);
        }
    }

    private void replace(String transactionalId, @Nullable Transaction transaction, long offset) {
        marked.remove(transactionalId);
        owing.remove(transactionalId);
        if (transaction == null) {
            transactions.remove(transactionalId);
            return;
        }
        transactions.put(transactionalId, transaction);
        if (transaction.state().isPrepare()) {
            owing.put(transactionalId, offset);
        }
    }

    @Override
    public List<TimerChange<TransactionsShard>> loaded(long nowMs) {
        List<TimerChange<TransactionsShard>> timers = new ArrayList<>();
        timers.add(new TimerChange.Start<>(new IdExpiry(), nowMs + settings.expiryIntervalMs()));
        transactions.newest().forEach((id, transaction) -> {
            if (transaction.state() == TransactionState.ONGOING) {
                TransactionTimeout timeout = new TransactionTimeout(id);
                timers.add(new TimerChange.Start<>(timeout, TransactionTimeout.atMs(transaction, nowMs)));
            }
        });
        return timers;
    }
}
