package io.tailrace.transactions;

import io.tailrace.protocol.ErrorCode;

/**
 * The answer to a request that may give a producer a new epoch.
 *
 * @param error the error
 * @param producer the producer of the next transaction; none if there is an error
 * @param needsProducerId nothing was decided: the host obtains a new producer id and submits the request again with it. The error
 *     is then {@code COORDINATOR_NOT_AVAILABLE}, for the case that there is no id
 */
public record ProducerAnswer(ErrorCode error, ProducerIdentity producer, boolean needsProducerId) {
    static ProducerAnswer given(ProducerIdentity producer) {
        return new ProducerAnswer(ErrorCode.NONE, producer, false);
    }

    static ProducerAnswer refused(ErrorCode error) {
        return new ProducerAnswer(error, ProducerIdentity.NONE, false);
    }

    static ProducerAnswer askForId() {
        return new ProducerAnswer(ErrorCode.COORDINATOR_NOT_AVAILABLE, ProducerIdentity.NONE, true);
    }
}
