package io.tailrace.client;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.InitProducerIdRequest;
import io.tailrace.protocol.message.InitProducerIdResponse;
import io.tailrace.protocol.record.RecordBatch;
import org.jspecify.annotations.Nullable;

/** The id under which brokers recognise a producer's batches (KIP-98); asked for until a broker gives one. */
final class ProducerIdentity {
    private final ProducerConfig config;
    private final Network network;
    private final Mailbox mailbox;
    private final Metadata metadata;
    private final Time time;
    private final Backoff backoff;

    private long producerId = RecordBatch.NO_PRODUCER_ID;
    private boolean asking;
    private int failures;
    private long askAtMs = Long.MIN_VALUE;

    ProducerIdentity(
            ProducerConfig config, Network network, Mailbox mailbox, Metadata metadata, Time time, Backoff backoff) {
        this.config = config;
        this.network = network;
        this.mailbox = mailbox;
        this.metadata = metadata;
        this.time = time;
        this.backoff = backoff;
    }

    /** Whether there is an id; asks for one if there is none. */
    boolean isReady(long nowMs) {
        if (producerId != RecordBatch.NO_PRODUCER_ID) {
            return true;
        }
        if (!asking && nowMs >= askAtMs) {
            asking = true;
            InitProducerIdRequest request = new InitProducerIdRequest(null, Integer.MAX_VALUE, -1, (short) -1);
            int timeoutMs = config.client().requestTimeoutMs();
            mailbox.onOutcome(network.send(metadata.anyBroker(), request, timeoutMs), this::answered);
        }
        return false;
    }

    /** When {@link #isReady} will ask again. */
    long againMs() {
        return asking ? Long.MAX_VALUE : askAtMs;
    }

    long producerId() {
        return producerId;
    }

    /** Gives up an id: its epochs are used up, or somebody else has it. */
    void renew(long usedId) {
        if (producerId == usedId) {
            producerId = RecordBatch.NO_PRODUCER_ID;
        }
    }

    private void answered(@Nullable InitProducerIdResponse answer, @Nullable Throwable failure) {
        asking = false;
        if (answer != null && answer.errorCode() == ErrorCode.NONE) {
            failures = 0;
            producerId = answer.producerId();
            return;
        }
        failures++;
        askAtMs = time.elapsedMs() + backoff.pauseMs(failures);
        metadata.avoidBroker();
    }
}
