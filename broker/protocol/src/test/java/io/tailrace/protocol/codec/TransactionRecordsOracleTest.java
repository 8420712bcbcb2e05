package io.tailrace.protocol.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.protocol.transaction.TransactionLogKey;
import io.tailrace.protocol.transaction.TransactionLogValue;
import io.tailrace.protocol.transaction.TransactionsTopic;
import java.nio.ByteBuffer;
import java.util.Random;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares the stored records of transactions with Apache Kafka's classes, in both versions and both directions. */
class TransactionRecordsOracleTest {
    private static final int ROUNDS = 200;

    private final long seed = Long.getLong("seed", System.nanoTime());
    private final Random random = new Random(seed);

    @Test
    void keysAreKafkas() {
        for (int round = 0; round < ROUNDS; round++) {
            TransactionLogKey key = new TransactionLogKey(RandomMessages.string(random));

            ByteBuffer bytes = TransactionRecords.encodeKey(key);

            assertThat(bytes)
                    .as("seed %d", seed)
                    .isEqualTo(MessageUtil.toVersionPrefixedByteBuffer(
                            TransactionLogKey.TYPE,
                            new org.apache.kafka.coordinator.transaction.generated.TransactionLogKey()
                                    .setTransactionalId(key.transactionalId())));
            assertThat(TransactionRecords.decodeKey(bytes)).contains(key);
        }
        assertThat(TransactionRecords.decodeKey(ByteBuffer.wrap(new byte[] {0, 1, 0, 0})))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(shorts = {0, 1})
    void kafkaReadsOurValues(short version) {
        for (int round = 0; round < ROUNDS; round++) {
            TransactionLogValue ours = new RandomMessages(random, version).message(TransactionLogValue.class);
            MessageWriter out = new MessageWriter();
            TransactionRecords.VALUE.at(version).writeObject(ours, out);

            var theirs = new org.apache.kafka.coordinator.transaction.generated.TransactionLogValue(
                    new ByteBufferAccessor(ByteBuffer.wrap(out.toByteArray())), version);

            FieldComparison.assertSame(ours, theirs);
            assertThat(MessageUtil.toVersionPrefixedByteBuffer(version, theirs))
                    .as("%s, seed %d", ours, seed)
                    .isEqualTo(prefixed(version, out.toByteArray()));
            if (version == TransactionLogValue.WRITTEN_VERSION) {
                assertThat(TransactionRecords.encodeValue(ours)).isEqualTo(prefixed(version, out.toByteArray()));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(shorts = {0, 1})
    void readsKafkasValues(short version) {
        var schema = org.apache.kafka.coordinator.transaction.generated.TransactionLogValue.SCHEMAS[version];
        for (int round = 0; round < ROUNDS; round++) {
            var theirs = new org.apache.kafka.coordinator.transaction.generated.TransactionLogValue(
                    new ByteBufferAccessor(new RandomStructs(random).body(schema)), version);

            TransactionLogValue ours =
                    TransactionRecords.decodeValue(MessageUtil.toVersionPrefixedByteBuffer(version, theirs));

            FieldComparison.assertSame(ours, theirs);
            assertThat(ours.lastProducerEpoch()).isEqualTo((short) -1);
        }
    }

    @Test
    void refusesUnknownVersions() {
        assertThatThrownBy(() -> TransactionRecords.decodeValue(ByteBuffer.wrap(new byte[] {0, 2, 0})))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageContaining("version of TransactionLogValue: expected 0-1, found 2");
    }

    @Test
    void partitionOfAnIdIsItsHashCodeModuloTheirNumber() {
        assertThat(TransactionsTopic.partitionOf("a", 50)).isEqualTo(97 % 50);
        assertThat("polygenelubricants".hashCode()).isEqualTo(Integer.MIN_VALUE);
        assertThat(TransactionsTopic.partitionOf("polygenelubricants", 50)).isZero();
    }

    private static ByteBuffer prefixed(short version, byte[] body) {
        return ByteBuffer.allocate(Short.BYTES + body.length)
                .putShort(version)
                .put(body)
                .flip();
    }
}
