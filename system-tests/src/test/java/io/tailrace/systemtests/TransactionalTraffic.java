package io.tailrace.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.history.History.Entry;
import io.tailrace.replication.history.Verdict;
import io.tailrace.replication.history.transactions.EndOffset;
import io.tailrace.replication.history.transactions.Poll;
import io.tailrace.replication.history.transactions.Reader;
import io.tailrace.replication.history.transactions.TransactionHistory;
import io.tailrace.replication.history.transactions.TransactionHistory.Isolation;
import io.tailrace.replication.history.transactions.TransactionHistory.WriteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;

/**
 * Transactions of Apache Kafka's producers, two of which take a transactional id from each other, and a reader of committed records
 * that also asks for the last stable offsets. The history of all is judged at the end.
 */
final class TransactionalTraffic {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final int ENDS_ASKED_ONE_IN = 5;
    private static final Duration END_ANSWER_MAX = Duration.ofMinutes(5);
    private static final Map<String, Object> COMMITTED = Map.of("isolation.level", "read_committed");

    private final KafkaClients clients;
    private final List<TopicPartition> partitions;
    private final TransactionHistory<String> history = new TransactionHistory<>();
    private final List<TransactionalLoad> loads = new ArrayList<>();
    private final CompletableFuture<Void> reading;
    private volatile boolean closed;

    /** Starts all clients. */
    TransactionalTraffic(KafkaClients clients, List<TopicPartition> partitions) {
        this.clients = clients;
        this.partitions = partitions;
        loads.add(new TransactionalLoad(clients, "ledger-0", "writer", partitions, history));
        loads.add(new TransactionalLoad(clients, "ledger-1", "rival-1", partitions, history));
        loads.add(new TransactionalLoad(clients, "ledger-1", "rival-2", partitions, history));
        reading = CompletableFuture.runAsync(this::read, task -> new Thread(task, "committed reader").start());
    }

    /** Waits until transactions of each id that begin from now on are committed. Fails if a client has failed. */
    void awaitProgress() {
        int ofWriter = loads.get(0).committed();
        int ofRivals = loads.get(1).committed() + loads.get(2).committed();
        await("committed transactions")
                .until(() -> loads.get(0).committed() > ofWriter + 1
                        && loads.get(1).committed() + loads.get(2).committed() > ofRivals + 1);
        if (reading.isDone()) {
            reading.join();
        }
    }

    private void read() {
        Reader reader = history.reader("reader", Isolation.COMMITTED);
        try (KafkaConsumer<String, String> consumer = clients.consumer(COMMITTED)) {
            consumer.assign(
                    partitions.stream().map(TransactionalTraffic::theirs).toList());
            for (int polls = 0; !closed; polls++) {
                Poll<String> poll = history.poll(reader);
                poll.got(parts(consumer.poll(POLL)));
                if (polls % ENDS_ASKED_ONE_IN == 0) {
                    askEnds(consumer);
                }
            }
        }
    }

    private static Map<TopicPartition, Poll.Part<String>> parts(Iterable<ConsumerRecord<String, String>> records) {
        Map<TopicPartition, List<Entry<String>>> entries = new HashMap<>();
        records.forEach(record -> entries.computeIfAbsent(
                        new TopicPartition(record.topic(), record.partition()), absent -> new ArrayList<>())
                .add(new Entry<>(record.offset(), record.value())));
        Map<TopicPartition, Poll.Part<String>> parts = new HashMap<>();
        entries.forEach((partition, all) -> parts.put(partition, new Poll.Part<>(all, OptionalLong.empty())));
        return parts;
    }

    private void askEnds(KafkaConsumer<String, String> consumer) {
        for (TopicPartition partition : partitions) {
            EndOffset<String> end = history.endOffset("reader", partition, Isolation.COMMITTED);
            Map<org.apache.kafka.common.TopicPartition, Long> answer =
                    consumer.endOffsets(List.of(theirs(partition)), END_ANSWER_MAX);
            answer.values().forEach(end::is);
        }
    }

    private static org.apache.kafka.common.TopicPartition theirs(TopicPartition partition) {
        return new org.apache.kafka.common.TopicPartition(partition.topic(), partition.partition());
    }

    /** Stops all clients. Fails if one has failed, or does not end. */
    void end() {
        loads.forEach(TransactionalLoad::close);
        closed = true;
        reading.orTimeout(END_ANSWER_MAX.plusMinutes(1).toSeconds(), TimeUnit.SECONDS)
                .join();
    }

    /** Fails unless each transaction is there whole or not at all, as its producer and the reader saw it. */
    Verdict judge() {
        try (KafkaConsumer<String, String> consumer = clients.consumer(COMMITTED)) {
            awaitStable(consumer);
            for (TopicPartition partition : partitions) {
                history.atEnd(partition, 0, all(consumer, theirs(partition)));
            }
        }
        Verdict verdict = history.judge(WriteOrder.INTERLEAVED);
        assertThat(verdict.isClean()).as(verdict.toString()).isTrue();
        return verdict;
    }

    /** No transaction hangs: the coordinator aborts those that their producers have left. */
    private void awaitStable(KafkaConsumer<String, String> committed) {
        List<org.apache.kafka.common.TopicPartition> all =
                partitions.stream().map(TransactionalTraffic::theirs).toList();
        try (KafkaConsumer<String, String> uncommitted = clients.consumer(Map.of())) {
            await("last stable offsets at the ends")
                    .atMost(Duration.ofMinutes(2))
                    .until(() -> committed.endOffsets(all).equals(uncommitted.endOffsets(all)));
        }
    }

    private static List<Entry<String>> all(
            KafkaConsumer<String, String> consumer, org.apache.kafka.common.TopicPartition partition) {
        consumer.assign(List.of(partition));
        consumer.seekToBeginning(List.of(partition));
        long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
        List<Entry<String>> entries = new ArrayList<>();
        while (consumer.position(partition) < end) {
            consumer.poll(POLL).forEach(record -> entries.add(new Entry<>(record.offset(), record.value())));
        }
        return entries;
    }
}
