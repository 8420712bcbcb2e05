package io.tailrace.agent.transaction;

import io.tailrace.client.ClientException;
import io.tailrace.client.ForwardingProducer;
import io.tailrace.client.ProducerRecord;
import io.tailrace.client.RecordBlock;
import io.tailrace.client.RecordMetadata;
import io.tailrace.client.RecordsRefusedException;
import io.tailrace.client.TransactionalProducer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What is sent in one transaction, or in one attempt at it. What is sent before {@link #begin} is kept until then, so that the lines of the
 * next transaction can be encoded while the one before ends.
 *
 * <p>The senders deal with blocks that brokers refuse for their content. Any other failure is that of the transaction. For the agent's
 * thread; {@link #failure} is set by any.
 */
public final class TransactionScope extends ForwardingProducer {
    private final TransactionalProducer producer;
    private final List<Runnable> held = new ArrayList<>();
    private boolean isBegun;
    private volatile @Nullable Throwable failure;

    public TransactionScope(TransactionalProducer producer) {
        super(producer);
        this.producer = producer;
    }

    /** Begins the transaction, and sends what was kept. */
    public void begin() {
        producer.begin();
        isBegun = true;
        held.forEach(Runnable::run);
        held.clear();
    }

    /** Whether the transaction has begun. */
    public boolean isBegun() {
        return isBegun;
    }

    /** Why the transaction cannot be committed; null as far as that is known. */
    public @Nullable Throwable failure() {
        return failure;
    }

    @Override
    public CompletableFuture<RecordMetadata> send(ProducerRecord record) {
        return sendOrKeep(() -> producer.send(record), true);
    }

    @Override
    public CompletableFuture<RecordMetadata> send(RecordBlock block) {
        return sendOrKeep(() -> producer.send(block), true);
    }

    /** Sends what brokers accepted before, in a transaction that was not committed. If they refuse it now, this one fails. */
    public CompletableFuture<RecordMetadata> sendAccepted(RecordBlock block) {
        return sendOrKeep(() -> producer.send(block), false);
    }

    /** @param isDivisible whether the sender deals with a block that is refused for its content */
    private CompletableFuture<RecordMetadata> sendOrKeep(
            Supplier<CompletableFuture<RecordMetadata>> sending, boolean isDivisible) {
        CompletableFuture<RecordMetadata> answer = new CompletableFuture<>();
        if (isBegun) {
            send(sending, isDivisible, answer);
        } else {
            held.add(() -> send(sending, isDivisible, answer));
        }
        return answer;
    }

    private void send(
            Supplier<CompletableFuture<RecordMetadata>> sending,
            boolean isDivisible,
            CompletableFuture<RecordMetadata> answer) {
        var unused = sending.get().whenComplete((metadata, failed) -> {
            if (failed == null) {
                answer.complete(metadata);
                return;
            }
            if (!(failed instanceof RecordsRefusedException refused) || !refused.isForContent()) {
                failure = failed;
            } else if (isDivisible) {
                producer.acceptRefusal(refused);
            } else {
                failure = refusedLater(refused);
            }
            answer.completeExceptionally(failed);
        });
    }

    private static ClientException refusedLater(RecordsRefusedException refused) {
        return new ClientException(
                refused.errorCode(),
                "records that were accepted in a transaction that was lost are refused now: " + refused.getMessage()
                        + ". Change the topic's settings back; or restart the agent, which reads the lines again if their"
                        + " files still exist, and makes dead letters of them",
                refused);
    }

    /** Leaves the producer as it is, since it outlives its transactions. */
    @Override
    public void close() {}

    /** Leaves the producer as it is. */
    @Override
    public void closeNow() {}
}
