package io.tailrace.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

class ErrorCodeTest {

    @Test
    void agreesWithKafka() {
        for (Errors theirs : Errors.values()) {
            ErrorCode ours = ErrorCode.of(theirs.code());

            assertThat(ours.name()).isEqualTo(theirs.name());
            assertThat(ours.number()).isEqualTo(theirs.code());
            assertThat(ours.retriable()).as(ours.name()).isEqualTo(theirs.exception() instanceof RetriableException);
        }
        assertThat(ErrorCode.values()).hasSameSizeAs(Errors.values());
    }

    @Test
    void readsUnknownNumbersAsUnknownServerError() {
        assertThat(ErrorCode.of(Short.MAX_VALUE)).isEqualTo(ErrorCode.UNKNOWN_SERVER_ERROR);
        assertThat(ErrorCode.of(Short.MIN_VALUE)).isEqualTo(ErrorCode.UNKNOWN_SERVER_ERROR);
    }
}
