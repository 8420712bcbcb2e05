package io.tailrace.protocol.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.Bytes;
import io.tailrace.protocol.group.ConsumerProtocolAssignment;
import io.tailrace.protocol.group.ConsumerProtocolSubscription;
import io.tailrace.protocol.group.GroupRecordKey;
import io.tailrace.protocol.group.GroupRecordValue;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.protocol.types.Schema;
import org.apache.kafka.coordinator.group.generated.CoordinatorRecordType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares the stored records of groups with Apache Kafka's classes, in all versions and both directions. */
class GroupRecordsOracleTest {
    private static final int ROUNDS = 100;

    private final long seed = Long.getLong("seed", System.nanoTime());
    private final Random random = new Random(seed);

    /** A key or value of a record in one version. */
    record Stored(short type, boolean isKey, short version, MessageLayouts layouts) {
        /** Kafka's class for the same. */
        Message theirs() {
            CoordinatorRecordType theirs = CoordinatorRecordType.fromId(type);
            return isKey ? theirs.newRecordKey() : theirs.newRecordValue();
        }

        Schema schema() {
            try {
                return ((Schema[]) theirs().getClass().getField("SCHEMAS").get(null))[version];
            } catch (ReflectiveOperationException e) {
                throw new LinkageError("no schema of " + this, e);
            }
        }

        ByteBuffer theirBytes(Message message) {
            ByteBuffer body = MessageUtil.toByteBufferAccessor((ApiMessage) message, version)
                    .buffer();
            return ByteBuffer.allocate(2 + body.remaining())
                    .putShort(isKey ? type : version)
                    .put(body)
                    .flip();
        }

        ByteBuffer ourBytes(Record record) {
            MessageWriter out = new MessageWriter();
            out.int16(isKey ? type : version);
            layouts.at(version).writeObject(record, out);
            return ByteBuffer.wrap(out.toByteArray());
        }

        /** Decodes as a reader of the topic does. */
        Record decode(ByteBuffer bytes, GroupRecordKey key) {
            return isKey
                    ? (Record) GroupRecords.decodeKey(bytes).orElseThrow()
                    : (Record) GroupRecords.decodeValue(key, bytes);
        }

        @Override
        public String toString() {
            return layouts.name() + (isKey ? " of type " + type : " v" + version);
        }
    }

    static List<Stored> stored() {
        List<Stored> all = new ArrayList<>();
        GroupRecords.formats().forEach((type, format) -> {
            all.add(new Stored(type, true, (short) 0, format.key()));
            if (type != 0) { // Its values are those of type 1.
                for (short version = 0; version <= format.value().versions().max(); version++) {
                    all.add(new Stored(type, false, version, format.value()));
                }
            }
        });
        return all;
    }

    @ParameterizedTest
    @MethodSource("stored")
    void kafkaReadsOurs(Stored kind) {
        for (int round = 0; round < ROUNDS; round++) {
            Record ours = new RandomMessages(random, kind.version).message(kind.layouts.type());
            ByteBuffer bytes = kind.ourBytes(ours);

            Message theirs = kind.theirs();
            theirs.read(new ByteBufferAccessor(bytes.slice(2, bytes.limit() - 2)), kind.version);

            assertThat(kind.theirBytes(theirs)).as("%s, seed %d", ours, seed).isEqualTo(bytes);
            FieldComparison.assertSame(ours, theirs);
            if (kind.type != 0) {
                assertThat(encodedAsWritten(ours))
                        .as("%s, seed %d", ours, seed)
                        .isEqualTo(new Stored(kind.type, kind.isKey, written(ours), kind.layouts).ourBytes(ours));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("stored")
    void readsKafkas(Stored kind) {
        GroupRecordKey key = keyOf(kind.type);
        for (int round = 0; round < ROUNDS; round++) {
            Message theirs = kind.theirs();
            theirs.read(new ByteBufferAccessor(new RandomStructs(random).body(kind.schema())), kind.version);
            ByteBuffer bytes = kind.theirBytes(theirs);

            Record ours = kind.decode(bytes, key);

            assertThat(kind.ourBytes(ours)).as("%s, seed %d", ours, seed).isEqualTo(bytes);
            FieldComparison.assertSame(ours, theirs);
        }
    }

    private static ByteBuffer encodedAsWritten(Record ours) {
        return ours instanceof GroupRecordKey key
                ? GroupRecords.encodeKey(key)
                : GroupRecords.encodeValue((GroupRecordValue) ours);
    }

    private static short written(Record ours) {
        return ours instanceof GroupRecordValue value ? value.writtenVersion() : 0;
    }

    private static GroupRecordKey keyOf(short type) {
        GroupRecords.Format format =
                Objects.requireNonNull(GroupRecords.formats().get(type));
        return (GroupRecordKey) RecordShape.of(format.key().type()).defaults();
    }

    static List<Short> consumerVersions() {
        return List.of((short) 0, (short) 1, (short) 2, (short) 3);
    }

    @ParameterizedTest
    @MethodSource("consumerVersions")
    void agreesOnSubscriptions(short version) {
        for (int round = 0; round < ROUNDS; round++) {
            var ours = new RandomMessages(random, version).message(ConsumerProtocolSubscription.class);
            Bytes bytes = ConsumerProtocol.encode(ours, version);

            var theirs = new org.apache.kafka.common.message.ConsumerProtocolSubscription(afterVersion(bytes), version);

            assertThat(MessageUtil.toVersionPrefixedByteBuffer(version, theirs)).isEqualTo(bytes.buffer());
            assertThat(ConsumerProtocol.subscription(bytes)).as("seed %d", seed).isEqualTo(ours);
            FieldComparison.assertSame(ours, theirs);
        }
    }

    @ParameterizedTest
    @MethodSource("consumerVersions")
    void agreesOnAssignments(short version) {
        for (int round = 0; round < ROUNDS; round++) {
            var ours = new RandomMessages(random, version).message(ConsumerProtocolAssignment.class);
            Bytes bytes = ConsumerProtocol.encode(ours, version);

            var theirs = new org.apache.kafka.common.message.ConsumerProtocolAssignment(afterVersion(bytes), version);

            assertThat(MessageUtil.toVersionPrefixedByteBuffer(version, theirs)).isEqualTo(bytes.buffer());
            assertThat(ConsumerProtocol.assignment(bytes)).as("seed %d", seed).isEqualTo(ours);
            FieldComparison.assertSame(ours, theirs);
        }
    }

    private static ByteBufferAccessor afterVersion(Bytes bytes) {
        return new ByteBufferAccessor(bytes.buffer().position(2).slice());
    }
}
