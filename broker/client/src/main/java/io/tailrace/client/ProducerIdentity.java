package io.tailrace.client;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.InitProducerIdRequest;
import io.tailrace.protocol.message.InitProducerIdResponse;
import io.tailrace.protocol.record.RecordBatch;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The producer id by which brokers recognise duplicates (KIP-98). Requested until a broker assigns one. */
final class ProducerIdentity {
    private final ProducerConfig config;
    private final Network network;
    private final CompletionQueue completions;
    private final Metadata metadata;
    private final Time time;
    private final Backoff backoff;

    private long producerId = RecordBatch.NO_PRODUCER_ID;
    private boolean requestInFlight;
    private int failures;
    private volatile @Nullable ClientException lastFailure;
    private long requestAtMs = Long.MIN_VALUE;

    ProducerIdentity(
            ProducerConfig config,
            Network network,
            CompletionQueue completions,
            Metadata metadata,
            Time time,
            Backoff backoff) {
        this.config = config;
        this.network = network;
        this.completions = completions;
        this.metadata = metadata;
        this.time = time;
        this.backoff = backoff;
    }

    /** Whether there is an id. Requests one if not. */
    boolean isReady(long nowMs) {
        if (producerId != RecordBatch.NO_PRODUCER_ID) {
            return true;
        }
        if (!requestInFlight && nowMs >= requestAtMs) {
            requestInFlight = true;
            InitProducerIdRequest request = new InitProducerIdRequest(null, Integer.MAX_VALUE, -1, (short) -1);
            int timeoutMs = config.client().requestTimeoutMs();
            completions.whenComplete(network.send(metadata.anyBroker(), request, timeoutMs), this::answered);
        }
        return false;
    }

    /** The time at which {@link #isReady} requests one again. */
    long nextMs() {
        return requestInFlight ? Long.MAX_VALUE : requestAtMs;
    }

    long producerId() {
        return producerId;
    }

    /** Discards an id whose epochs are used up or that another producer uses. */
    void renew(long usedId) {
        if (producerId == usedId) {
            producerId = RecordBatch.NO_PRODUCER_ID;
        }
    }

    private void answered(@Nullable InitProducerIdResponse answer, @Nullable Throwable failure) {
        requestInFlight = false;
        if (answer != null && answer.errorCode() == ErrorCode.NONE) {
            failures = 0;
            lastFailure = null;
            producerId = answer.producerId();
            return;
        }
        failures++;
        lastFailure = failureOf(answer, failure);
        requestAtMs = time.elapsedMs() + backoff.pauseMs(failures);
        metadata.avoidBroker();
    }

    private static ClientException failureOf(@Nullable InitProducerIdResponse answer, @Nullable Throwable failure) {
        return failure == null
                ? new ClientException(
                        answer == null ? ErrorCode.UNKNOWN_SERVER_ERROR : answer.errorCode(),
                        "no producer id: " + (answer == null ? "no answer" : answer.errorCode()))
                : new ClientException(Retry.errorOf(failure), "no producer id: " + failure.getMessage(), failure);
    }

    /** Why brokers did not assign an id the last time; empty if they did. Thread-safe. */
    Optional<ClientException> lastFailure() {
        return Optional.ofNullable(lastFailure);
    }
}
