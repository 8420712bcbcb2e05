package io.tailrace.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.agent.transaction.TransactionScope;
import io.tailrace.client.ProducerRecord;
import io.tailrace.protocol.ErrorCode;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class TransactionScopeTest {
    private final FakeTransactions.FakeTransactionalProducer producer = new FakeTransactions().newProducer();

    @Test
    void theFirstFailureSaysWhy() {
        assertThat(producer.initTransactions()).isCompleted();
        TransactionScope scope = new TransactionScope(producer);
        scope.begin();
        producer.holding = true;
        ProducerRecord record =
                new ProducerRecord("lines", OptionalInt.empty(), OptionalLong.empty(), null, new byte[1], List.of());
        assertThat(scope.send(record)).isNotDone();
        assertThat(scope.send(record)).isNotDone();
        producer.refusal = refused -> Optional.of(ErrorCode.INVALID_PRODUCER_EPOCH);
        producer.answer(1);
        Throwable first = scope.failure();
        assertThat(first).isNotNull();

        assertThat(producer.initTransactions()).isCompleted();

        assertThat(scope.failure()).isSameAs(first);
    }
}
