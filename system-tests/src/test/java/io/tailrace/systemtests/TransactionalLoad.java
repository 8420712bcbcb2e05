package io.tailrace.systemtests;

import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.history.transactions.Send;
import io.tailrace.replication.history.transactions.Transaction;
import io.tailrace.replication.history.transactions.TransactionHistory;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * A thread that writes transactions with Apache Kafka's producer and records each in a history, until it is closed. A producer that
 * fails, or is fenced by another thread with the same transactional id, is replaced after a pause.
 */
final class TransactionalLoad implements AutoCloseable {
    private static final int RECORDS_MAX = 5;
    private static final int ABORTS_ONE_IN = 5;
    private static final long PAUSE_MS_MAX = 3_000;
    private static final long BETWEEN_MS_MAX = 60;
    /** Longer than any fault, and what a cluster takes to recover from it. */
    private static final Duration COMMIT_REPEATED_MAX = Duration.ofMinutes(5);
    /** The last commit, with the timeout of its last attempt. */
    private static final Duration CLOSE_MAX = COMMIT_REPEATED_MAX.plusMinutes(1);

    private static final Map<String, Object> SETTINGS = Map.of(
            "transaction.timeout.ms", 20_000,
            "request.timeout.ms", 5_000,
            "delivery.timeout.ms", 30_000,
            "max.block.ms", 30_000);

    private final KafkaClients clients;
    private final String transactionalId;
    private final String name;
    private final List<TopicPartition> partitions;
    private final TransactionHistory<String> history;
    private final Random random;
    private final AtomicInteger committed = new AtomicInteger();
    private final CompletableFuture<Void> running;
    private volatile boolean closed;
    private int values;

    /**
     * Starts.
     *
     * @param name in the history, differs from those of other threads
     */
    TransactionalLoad(
            KafkaClients clients,
            String transactionalId,
            String name,
            List<TopicPartition> partitions,
            TransactionHistory<String> history) {
        this.clients = clients;
        this.transactionalId = transactionalId;
        this.name = name;
        this.partitions = partitions;
        this.history = history;
        random = new Random(name.hashCode());
        running = CompletableFuture.runAsync(this::run, task -> new Thread(task, "transactions " + name).start());
    }

    /** The transactions whose commit was acknowledged. Fails if the thread has failed. */
    int committed() {
        if (running.isDone()) {
            running.join();
        }
        return committed.get();
    }

    private void run() {
        while (!closed) {
            KafkaProducer<String, String> producer = clients.producer(settings());
            try {
                producer.initTransactions();
                while (!closed) {
                    write(producer);
                    pause(BETWEEN_MS_MAX);
                }
            } catch (KafkaException e) {
                System.out.println(name + " begins again: " + e);
                pause(PAUSE_MS_MAX);
            } finally {
                producer.close(Duration.ZERO);
            }
        }
    }

    private Map<String, Object> settings() {
        Map<String, Object> all = new HashMap<>(SETTINGS);
        all.put("transactional.id", transactionalId);
        return all;
    }

    private void write(KafkaProducer<String, String> producer) {
        Transaction<String> transaction = history.begin(name);
        producer.beginTransaction();
        for (int left = 1 + random.nextInt(RECORDS_MAX); left > 0; left--) {
            send(producer, transaction);
        }
        if (random.nextInt(ABORTS_ONE_IN) == 0) {
            producer.abortTransaction();
            transaction.aborted();
            return;
        }
        transaction.committing();
        commit(producer);
        transaction.committed();
        committed.incrementAndGet();
    }

    private void send(KafkaProducer<String, String> producer, Transaction<String> transaction) {
        TopicPartition partition = partitions.get(random.nextInt(partitions.size()));
        String value = name + "-" + ++values;
        Send<String> send = transaction.send(partition, value);
        var unused = producer.send(
                KafkaClients.placed(partition.topic(), partition.partition(), value), (metadata, failure) -> {
                    if (failure == null) {
                        send.acknowledged(metadata.offset());
                    }
                });
    }

    /** A commit that has timed out must be repeated: its outcome is not known. A cluster that never answers is a failure. */
    private static void commit(KafkaProducer<String, String> producer) {
        long startNs = System.nanoTime();
        while (true) {
            try {
                producer.commitTransaction();
                return;
            } catch (TimeoutException e) {
                if (System.nanoTime() - startNs > COMMIT_REPEATED_MAX.toNanos()) {
                    throw new AssertionError("a commit has had no answer for " + COMMIT_REPEATED_MAX, e);
                }
                System.out.println("a commit is repeated: " + e.getMessage());
            }
        }
    }

    private void pause(long msMax) {
        try {
            TimeUnit.MILLISECONDS.sleep(random.nextLong(1, msMax));
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted, which nothing here does", e);
        }
    }

    /** Stops after the transaction that is being written. Fails if the thread has failed, or does not end. */
    @Override
    public void close() {
        closed = true;
        running.orTimeout(CLOSE_MAX.toSeconds(), TimeUnit.SECONDS).join();
    }
}
