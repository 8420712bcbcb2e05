package io.tailrace.transactions;

import static io.tailrace.transactions.TransactionHarness.A;
import static io.tailrace.transactions.TransactionHarness.B;
import static io.tailrace.transactions.TransactionHarness.ID;
import static io.tailrace.transactions.TransactionHarness.TIMEOUT_MS;
import static io.tailrace.transactions.TransactionHarness.V2;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.codec.TransactionRecords;
import io.tailrace.protocol.transaction.TransactionLogKey;
import io.tailrace.protocol.transaction.TransactionLogValue;
import io.tailrace.shard.StoredRecord;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

class QueriesTest {
    private final TransactionHarness harness = new TransactionHarness();

    @Test
    void describesWhatIsCommitted() {
        ProducerIdentity producer = harness.init().producer();
        long beganMs = harness.nowMs();
        assertThat(harness.add(producer, V2, A, B)).isEqualTo(ErrorCode.NONE);
        harness.holdCommits();
        assertThat(harness.end(producer, true, V2).error()).isEqualTo(ErrorCode.NONE);

        DescribeTransaction.Answer answer = harness.query(new DescribeTransaction(ID));

        assertThat(answer.state()).isEqualTo("Ongoing");
        assertThat(answer.producer()).isEqualTo(producer);
        assertThat(answer.timeoutMs()).isEqualTo(TIMEOUT_MS);
        assertThat(answer.startMs()).isEqualTo(beganMs);
        assertThat(answer.partitions()).containsExactly(A, B);
        harness.commit();
        assertThat(harness.query(new DescribeTransaction(ID)).state()).isEqualTo("PrepareCommit");
        assertThat(harness.query(new DescribeTransaction("")).error()).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(harness.query(new DescribeTransaction("other")).error())
                .isEqualTo(ErrorCode.TRANSACTIONAL_ID_NOT_FOUND);
    }

    @Test
    void listsByStateProducerDurationAndPattern() {
        ProducerIdentity producer = harness.init().producer();
        assertThat(harness.add(producer, V2, A)).isEqualTo(ErrorCode.NONE);
        assertThat(harness.call(new InitProducer("other", 1, ProducerIdentity.NONE, OptionalLong.of(7)))
                        .error())
                .isEqualTo(ErrorCode.NONE);
        harness.advance(5_000);

        assertThat(listed(Set.of(), Set.of(), -1, "")).containsExactlyInAnyOrder(ID, "other");
        assertThat(listed(Set.of("Ongoing"), Set.of(), -1, "")).containsExactly(ID);
        assertThat(listed(Set.of("Empty", "CompleteAbort"), Set.of(), -1, "")).containsExactly("other");
        assertThat(listed(Set.of(), Set.of(7L), -1, "")).containsExactly("other");
        assertThat(listed(Set.of(), Set.of(), 4_999, "")).containsExactly(ID);
        assertThat(listed(Set.of(), Set.of(), 5_000, "")).isEmpty();
        assertThat(listed(Set.of(), Set.of(), -1, "pay.*")).containsExactly(ID);
        assertThat(listed(Set.of(), Set.of(), -1, "pay")).isEmpty();
    }

    @Test
    void unknownStatesAndPatternsAreReported() {
        ListTransactions.Answer unknown =
                harness.query(new ListTransactions(Set.of("Running", "Ended"), Set.of(), -1, ""));
        assertThat(unknown.unknownStates()).containsExactly("Ended", "Running");
        assertThat(unknown.ids()).isEmpty();

        assertThat(harness.query(new ListTransactions(Set.of(), Set.of(), -1, "("))
                        .error())
                .isEqualTo(ErrorCode.INVALID_REGULAR_EXPRESSION);
    }

    private List<String> listed(Set<String> states, Set<Long> producerIds, long durationMs, String pattern) {
        return harness.query(new ListTransactions(states, producerIds, durationMs, pattern)).ids().stream()
                .map(ListTransactions.Listed::transactionalId)
                .toList();
    }

    @Test
    void recordsThatCannotBeReadAreRefusedAndThoseOfOtherTypesIgnored() {
        ByteBuffer key = TransactionRecords.encodeKey(new TransactionLogKey(ID));
        ByteBuffer value = TransactionRecords.encodeValue(new TransactionLogValue(
                1, -1, -1, (short) 0, (short) -1, 1, (byte) 7, List.of(), 0, -1, (short) 2, (short) -1));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> harness.shard().replay(0, new StoredRecord(key, value)))
                .withMessageContaining("status of transaction: expected 0 to 5, found 7");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> harness.shard().replay(9, new StoredRecord(key, ByteBuffer.allocate(1))))
                .withMessageContaining("record at offset 9");
        harness.shard().replay(0, new StoredRecord(ByteBuffer.wrap(new byte[] {0, 9}), value));
        assertThat(harness.shard().transactions().size()).isZero();
    }
}
