package io.tailrace.client;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.record.BatchBuffers;
import io.tailrace.protocol.record.CompressionType;
import io.tailrace.protocol.record.RecordBatchBuilder;
import io.tailrace.protocol.record.RecordHeader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/** The producer. Callers put records into the {@link Accumulator}; a background thread runs the {@link Sender}. */
final class BatchingProducer implements Producer {
    /** Memory of a record beyond its key, value and headers: its length fields and its future. */
    private static final int RECORD_OVERHEAD_BYTES = 96;

    private static final int HEADER_OVERHEAD_BYTES = 10;

    /** Of arrays that are kept for later blocks, beside {@code buffer.memory}. */
    private static final int FREE_BLOCK_BYTES_MAX = 4 << 20;

    private final ProducerConfig config;
    private final Network network;
    private final Time time;
    private final CompletionQueue completions = new CompletionQueue();
    private final Metadata metadata;
    private final Accumulator accumulator;
    private final Partitioner partitioner;
    private final BatchBuffers blockBuffers;
    private final @Nullable Transactions transactions;
    private final Sender sender;
    private final Thread thread;
    private volatile boolean closing;
    private volatile boolean stopped;

    BatchingProducer(ProducerConfig config) {
        this(config, new SocketNetwork(config.client(), Time.SYSTEM), Time.SYSTEM, () -> ThreadLocalRandom.current()
                .nextDouble());
        thread.start();
    }

    /**
     * A producer without a background thread: the owner calls {@link #step}.
     *
     * @param jitter random numbers from 0 to 1 for the pauses between retries
     */
    BatchingProducer(ProducerConfig config, Network network, Time time, DoubleSupplier jitter) {
        this.config = config;
        this.network = network;
        this.time = time;
        Backoff backoff = new Backoff(config.client(), jitter);
        this.metadata = new Metadata(config.client(), network, completions, time, backoff, true);
        this.accumulator = new Accumulator(config);
        this.partitioner = new Partitioner(config.batchBytesMax());
        this.blockBuffers = config.compression() == CompressionType.NONE
                ? BatchBuffers.NOT_REUSED
                : BatchBuffers.ofBatches(config.batchBytesMax(), FREE_BLOCK_BYTES_MAX);
        this.transactions = config.transactionalId().isEmpty()
                ? null
                : new Transactions(
                        new TransactionCalls(config, network, completions, metadata, time, backoff),
                        accumulator,
                        completions);
        this.sender = new Sender(config, network, completions, metadata, accumulator, transactions, time, backoff);
        this.thread = new Thread(this::run, config.client().clientId() + "-producer");
        thread.setDaemon(true);
    }

    private void run() {
        try {
            while (!stopped) {
                completions.await(step() - time.elapsedMs());
            }
        } catch (RuntimeException | Error e) {
            stopped = true;
            closing = true;
            abort(new ClientException(ErrorCode.UNKNOWN_SERVER_ERROR, "the producer has failed: " + e, e));
            throw e;
        }
    }

    /** The transactions of a producer with a {@code transactional.id}. */
    Transactions transactions() {
        return Objects.requireNonNull(transactions, "transactional.id");
    }

    /** Does all that can be done now. Returns the time by which to call again. */
    long step() {
        return sender.step(time.elapsedMs());
    }

    @Override
    public CompletableFuture<RecordMetadata> send(ProducerRecord record) {
        return queued(() -> append(record, time.elapsedMs() + config.blockMsMax()));
    }

    @Override
    public Optional<ClientException> unavailability(String topic) {
        try {
            metadata.awaitTopic(topic, time.elapsedMs());
            return Optional.empty();
        } catch (ClientException e) {
            return Optional.of(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted without waiting", e);
        }
    }

    @Override
    public Optional<ClientException> obstacle(String topic) {
        for (PendingBatch batch : accumulator.unacknowledged()) {
            ErrorCode error = batch.lastError();
            if (batch.topicPartition().topic().equals(topic) && error != ErrorCode.NONE) {
                return Optional.of(new ClientException(
                        error, batch.topicPartition() + ": " + error + " at attempt " + batch.attempts()));
            }
        }
        return sender.lastFailure().or(() -> unavailability(topic));
    }

    @Override
    public RecordBlock newBlock(String topic, byte[] key, int expectedBytes) {
        return new RecordBlock(
                topic,
                key,
                new RecordBatchBuilder(config.compression(), config.batchBytesMax(), expectedBytes, blockBuffers));
    }

    @Override
    public CompletableFuture<RecordMetadata> send(RecordBlock block) {
        return queued(() -> append(block, time.elapsedMs() + config.blockMsMax()));
    }

    /** Something that is put into the accumulator, which may wait. */
    private interface Queueing {
        CompletableFuture<RecordMetadata> run() throws InterruptedException;
    }

    private CompletableFuture<RecordMetadata> queued(Queueing queueing) {
        try {
            return queueing.run();
        } catch (ClientException e) {
            return notQueued(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return notQueued(new ClientException(ErrorCode.REQUEST_TIMED_OUT, "interrupted while waiting to send", e));
        }
    }

    private CompletableFuture<RecordMetadata> notQueued(ClientException why) {
        if (transactions != null) {
            transactions.sendFailed(why);
        }
        return CompletableFuture.failedFuture(why);
    }

    private CompletableFuture<RecordMetadata> append(ProducerRecord record, long deadlineMs)
            throws InterruptedException {
        int bytes = boundOf(record);
        int partitionCount = admit(record.topic(), bytes - RECORD_OVERHEAD_BYTES, deadlineMs);
        TopicPartition partition = new TopicPartition(record.topic(), choose(record, bytes, partitionCount));
        return reserved(bytes, deadlineMs, () -> {
            PartitionQueue.Appended result = accumulator
                    .queue(partition)
                    .append(
                            config,
                            time.elapsedMs(),
                            record.timestampMs().orElseGet(time::wallMs),
                            record,
                            headersOf(record),
                            bytes);
            if (result.wake()) {
                completions.wake();
            }
            return result.future();
        });
    }

    private CompletableFuture<RecordMetadata> append(RecordBlock block, long deadlineMs) throws InterruptedException {
        if (block.recordCount() == 0) {
            throw new IllegalArgumentException("block for " + block.topic() + " has no records");
        }
        int bytes = block.memoryBytes();
        int partitionCount = admit(block.topic(), block.builder().plainBytes(), deadlineMs);
        TopicPartition partition = new TopicPartition(block.topic(), Partitioner.ofKey(block.key(), partitionCount));
        return reserved(bytes, deadlineMs, () -> {
            CompletableFuture<RecordMetadata> future = new CompletableFuture<>();
            block.markSent(transactions != null);
            accumulator.queue(partition).append(new PendingBatch(partition, block, future, bytes, time.elapsedMs()));
            completions.wake();
            return future;
        });
    }

    /** Checks that the producer is open and the size is allowed, and waits for the topic. Returns the number of its partitions. */
    private int admit(String topic, int bytes, long deadlineMs) throws InterruptedException {
        ensureOpen();
        if (bytes > config.requestBytesMax()) {
            throw new RecordsRefusedException(
                    ErrorCode.MESSAGE_TOO_LARGE,
                    topic + ": " + bytes + " bytes are larger than max.request.size (" + config.requestBytesMax() + ")",
                    List.of());
        }
        return metadata.awaitTopic(topic, isCallback() ? time.elapsedMs() : deadlineMs);
    }

    /** Queues something once its memory is free, and frees the memory if that fails. */
    private CompletableFuture<RecordMetadata> reserved(int bytes, long deadlineMs, Queueing queueing)
            throws InterruptedException {
        accumulator.reserve(bytes, isCallback() ? 0 : Math.max(0, deadlineMs - time.elapsedMs()), completions::wake);
        boolean appended = false;
        try {
            ensureOpen();
            CompletableFuture<RecordMetadata> future = queueing.run();
            appended = true;
            return future;
        } finally {
            if (!appended) {
                accumulator.release(bytes);
            }
        }
    }

    private boolean isCallback() {
        return Thread.currentThread() == thread;
    }

    private void ensureOpen() {
        if (closing) {
            throw new ClientException(ErrorCode.NETWORK_EXCEPTION, "the producer is closed");
        }
    }

    private int choose(ProducerRecord record, int bytes, int partitionCount) {
        if (record.partition().isPresent()) {
            int partition = record.partition().getAsInt();
            if (partition < 0 || partition >= partitionCount) {
                metadata.requestRefresh();
                throw new ClientException(
                        ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
                        record.topic() + " has partitions 0 to " + (partitionCount - 1) + ", but not " + partition);
            }
            return partition;
        }
        byte[] key = record.key();
        return key != null
                ? Partitioner.ofKey(key, partitionCount)
                : partitioner.next(record.topic(), bytes, metadata.snapshot(), partitionCount);
    }

    /** The memory to reserve for a record, its future included. */
    private static int boundOf(ProducerRecord record) {
        byte[] key = record.key();
        byte[] value = record.value();
        long bytes = RECORD_OVERHEAD_BYTES + (key == null ? 0L : key.length) + (value == null ? 0L : value.length);
        for (Header header : record.headers()) {
            byte[] content = header.value();
            bytes += HEADER_OVERHEAD_BYTES
                    + header.key().getBytes(StandardCharsets.UTF_8).length
                    + (content == null ? 0L : content.length);
        }
        return (int) Math.min(Integer.MAX_VALUE, bytes);
    }

    private static List<RecordHeader> headersOf(ProducerRecord record) {
        return record.headers().isEmpty()
                ? List.of()
                : record.headers().stream()
                        .map(header -> new RecordHeader(header.key(), header.value()))
                        .toList();
    }

    @Override
    public void flush(Duration timeout) {
        accumulator.beginFlush();
        try {
            completions.wake();
            CompletableFuture<?>[] done = accumulator.unacknowledged().stream()
                    .map(PendingBatch::done)
                    .toArray(CompletableFuture<?>[]::new);
            CompletableFuture.allOf(done).get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new ClientException(
                    ErrorCode.REQUEST_TIMED_OUT,
                    "not everything was acknowledged within " + timeout.toMillis() + " ms",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClientException(ErrorCode.REQUEST_TIMED_OUT, "interrupted while flushing", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("a batch's completion has failed", e);
        } finally {
            accumulator.endFlush();
        }
    }

    @Override
    public void close() {
        closing = true;
        if (!isCallback() && !stopped) {
            if (transactions != null) {
                abandon(transactions);
            } else {
                flushWhatIsLeft();
            }
        }
        closeNow();
    }

    @Override
    public void closeNow() {
        closing = true;
        stopped = true;
        completions.wake();
        network.close();
        awaitThread();
        abort(new ClientException(ErrorCode.NETWORK_EXCEPTION, "the producer was closed before this was acknowledged"));
    }

    /** Aborts an open transaction, since readers of committed records would wait for its timeout. */
    private void abandon(Transactions open) {
        Optional<CompletableFuture<Void>> aborted = open.abandon();
        try {
            if (aborted.isPresent()) {
                aborted.get().get(config.client().requestTimeoutMs(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            // The coordinator aborts it at its timeout, or for the next producer of the id.
            return;
        }
    }

    private void flushWhatIsLeft() {
        try {
            flush(Duration.ofMillis(config.deliveryTimeoutMs()));
        } catch (ClientException e) {
            // Unfinished batches are failed only once the producer's thread has stopped, so that no two threads do it.
            stopped = true;
        }
    }

    private void awaitThread() {
        if (isCallback()) {
            return;
        }
        try {
            thread.join(config.client().requestTimeoutMs());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void abort(ClientException why) {
        sender.abort(why);
    }
}
