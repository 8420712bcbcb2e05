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
 * <p>The senders deal with blocks that brokers refuse for their content, unless they had {@linkplain #sendAccepted accepted} them. Any other
 * failure is that of the transaction. For the agent's thread; {@link #failure} is set by any.
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

    /** Sends again what brokers accepted in an earlier transaction, which was lost. If they refuse it now, this one fails. */
    public CompletableFuture<RecordMetadata> sendAccepted(RecordBlock block) {
        return sendOrKeep(() -> producer.send(block), false);
    }

    /** @param senderDeals whether the sender deals with a refusal for the content */
    private CompletableFuture<RecordMetadata> sendOrKeep(
            Supplier<CompletableFuture<RecordMetadata>> sending, boolean senderDeals) {
        CompletableFuture<RecordMetadata> answer = new CompletableFuture<>();
        if (isBegun) {
            send(sending, senderDeals, answer);
        } else {
            held.add(() -> send(sending, senderDeals, answer));
        }
        return answer;
    }

    private void send(
            Supplier<CompletableFuture<RecordMetadata>> sending,
            boolean senderDeals,
            CompletableFuture<RecordMetadata> answer) {
        var unused = sending.get().whenComplete((metadata, failed) -> {
            if (failed == null) {
                answer.complete(metadata);
                return;
            }
            if (!(failed instanceof RecordsRefusedException refused) || !refused.isForContent()) {
                fail(failed);
            } else if (senderDeals) {
                producer.acceptRefusal(refused);
            } else {
                fail(refusedAfterAcceptance(refused));
            }
            answer.completeExceptionally(failed);
        });
    }

    /** The first failure says why; those after it follow from that. */
    private synchronized void fail(Throwable why) {
        failure = failure == null ? why : failure;
    }

    private static ClientException refusedAfterAcceptance(RecordsRefusedException refused) {
        return new ClientException(
                refused.errorCode(),
                "records that were accepted in a transaction that was lost are refused now: " + refused.getMessage()
                        + ". Raise the topic's limit; or restart the agent: it makes dead letters of lines in files, and"
                        + " those of pipes are lost",
                refused);
    }

    /** Leaves the producer as it is, since it outlives its transactions. */
    @Override
    public void close() {}

    /** Leaves the producer as it is. */
    @Override
    public void closeNow() {}
}
