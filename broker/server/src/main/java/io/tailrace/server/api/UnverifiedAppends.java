package io.tailrace.server.api;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.record.RecordBatch;
import io.tailrace.server.partition.Partition;
import io.tailrace.server.transaction.TransactionVerifier;
import io.tailrace.transactions.ProducerIdentity;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * The batches of a Produce request that would begin a transaction in their partitions. They are copied while they wait for the
 * coordinator, because the connection receives its next requests into the same memory.
 */
final class UnverifiedAppends {
    private final List<Waiting> waiting = new ArrayList<>();
    private boolean isDropped;

    /**
     * A batch that waits.
     *
     * @param verification from the log's first answer
     */
    record Waiting(Partition partition, ByteBuffer batch, long verification, DelayedProduce.Place place) {
        /** The same after another answer of the log. */
        Waiting with(long newVerification) {
            return new Waiting(partition, batch, newVerification, place);
        }

        private ProducerIdentity producer() {
            RecordBatch header = RecordBatch.at(batch);
            return new ProducerIdentity(header.producerId(), header.producerEpoch());
        }
    }

    /** Copies a batch. */
    void addCopy(Partition partition, ByteBuffer batch, long verification, DelayedProduce.Place place) {
        ByteBuffer copy =
                ByteBuffer.allocate(batch.remaining()).put(batch.duplicate()).flip();
        add(new Waiting(partition, copy, verification, place));
    }

    void add(Waiting added) {
        if (!waiting.isEmpty() && !waiting.get(0).producer().equals(added.producer())) {
            added.place()
                    .refused(
                            ErrorCode.INVALID_PRODUCER_ID_MAPPING,
                            "batches of more than one producer in one transaction");
            return;
        }
        waiting.add(added);
    }

    /** The client has gone: nothing more is to be appended. */
    void drop() {
        waiting.clear();
        isDropped = true;
    }

    boolean isDropped() {
        return isDropped;
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** Their memory. */
    long bytes() {
        return waiting.stream().mapToLong(each -> each.batch().remaining()).sum();
    }

    /** The question about all of them. */
    TransactionVerifier.Question question(String transactionalId, TransactionVerifier.Client client) {
        Set<TopicPartition> partitions =
                waiting.stream().map(each -> each.partition().id()).collect(Collectors.toSet());
        return new TransactionVerifier.Question(transactionalId, waiting.get(0).producer(), partitions, client);
    }

    void forEach(Consumer<Waiting> action) {
        waiting.forEach(action);
    }
}
