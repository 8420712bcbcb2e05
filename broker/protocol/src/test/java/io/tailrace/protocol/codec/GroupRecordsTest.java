package io.tailrace.protocol.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.protocol.Bytes;
import io.tailrace.protocol.group.ConsumerProtocolSubscription;
import io.tailrace.protocol.group.GroupRecordKey;
import io.tailrace.protocol.group.GroupRecordValue;
import io.tailrace.protocol.group.OffsetCommitKey;
import io.tailrace.protocol.group.OffsetCommitValue;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class GroupRecordsTest {
    private static final OffsetCommitKey KEY = new OffsetCommitKey("g", "t", 3);
    private static final UUID NO_TOPIC_ID = new UUID(0, 0);

    private final long seed = Long.getLong("seed", System.nanoTime());
    private final Random random = new Random(seed);

    @Test
    void writesOffsetsInVersion3() {
        OffsetCommitValue value = new OffsetCommitValue(7, 2, "m", 9, -1, NO_TOPIC_ID);

        assertThat(hex(GroupRecords.encodeKey(KEY))).isEqualTo("0001" + "000167" + "000174" + "00000003");
        // version, offset, leader epoch, metadata, time of commit
        assertThat(hex(GroupRecords.encodeValue(value)))
                .isEqualTo("0003" + "0000000000000007" + "00000002" + "00016d" + "0000000000000009");
    }

    @Test
    void writesOffsetsWithATimeOfExpiryInVersion1() {
        OffsetCommitValue value = new OffsetCommitValue(7, 2, "m", 9, 10, NO_TOPIC_ID);

        // version, offset, metadata, times of commit and expiry
        assertThat(hex(GroupRecords.encodeValue(value)))
                .isEqualTo("0001" + "0000000000000007" + "00016d" + "0000000000000009" + "000000000000000a");
    }

    @Test
    void skipsKeysOfUnknownTypes() {
        // a share group's
        assertThat(GroupRecords.decodeKey(bytes("000b" + "000167"))).isEmpty();
        assertThat(GroupRecords.decodeKey(bytes("8000"))).isEmpty();
    }

    @Test
    void refusesValuesOfUnknownVersions() {
        assertThatThrownBy(() -> GroupRecords.decodeValue(KEY, bytes("0005")))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessage("version of OffsetCommitValue: expected 0-4, found 5");
    }

    @Test
    void namesTheFieldThatIsCutOff() {
        assertThatThrownBy(() -> GroupRecords.decodeKey(bytes("0001" + "000167" + "0002" + "74")))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessage("OffsetCommitKey v0.topic: expected 2 bytes, found 1, at byte 7");
    }

    @Test
    void refusesInvalidBytes() {
        List<GroupRecordsOracleTest.Stored> kinds = GroupRecordsOracleTest.stored();
        for (int round = 0; round < 20_000; round++) {
            GroupRecordsOracleTest.Stored kind = kinds.get(random.nextInt(kinds.size()));
            Record record = new RandomMessages(random, kind.version())
                    .message(kind.layouts().type());
            byte[] mutated = kind.ourBytes(record).array();
            for (int changes = random.nextInt(3); changes >= 0; changes--) {
                mutated[random.nextInt(mutated.length)] = (byte) random.nextInt();
            }
            decode(ByteBuffer.wrap(Arrays.copyOf(mutated, random.nextInt(mutated.length + 1))));
        }
    }

    /** As a key, and as the value of every type. */
    private void decode(ByteBuffer bytes) {
        try {
            GroupRecords.decodeKey(bytes);
        } catch (MalformedMessageException e) {
            assertThat(e).hasMessageContaining("at byte");
        }
        for (GroupRecords.Format format : GroupRecords.formats().values()) {
            GroupRecordKey key =
                    (GroupRecordKey) RecordShape.of(format.key().type()).defaults();
            try {
                GroupRecordValue unused = GroupRecords.decodeValue(key, bytes);
            } catch (MalformedMessageException e) {
                assertThat(e).as("seed %d", seed).hasMessageMatching(".*(at byte|version of).*");
            }
        }
    }

    @Test
    void readsALaterVersionOfASubscriptionAsTheHighest() {
        ConsumerProtocolSubscription subscription =
                new ConsumerProtocolSubscription(List.of("t"), null, List.of(), 4, "r");
        byte[] later = new byte[ConsumerProtocol.encode(subscription, (short) 3).size() + 5];
        ConsumerProtocol.encode(subscription, (short) 3).buffer().get(later, 0, later.length - 5);
        later[1] = 9;
        Bytes bytes = Bytes.copyOf(ByteBuffer.wrap(later));

        assertThat(ConsumerProtocol.subscription(bytes)).isEqualTo(subscription);
        assertThat(ConsumerProtocol.version(bytes)).isEqualTo((short) 3);
    }

    @Test
    void refusesASubscriptionWithoutAVersion() {
        assertThatThrownBy(() -> ConsumerProtocol.subscription(Bytes.EMPTY))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessage("ConsumerProtocolSubscription: expected 2 bytes, found 0, at byte 0");
        assertThatThrownBy(() -> ConsumerProtocol.subscription(Bytes.copyOf(bytes("ffff"))))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessage("ConsumerProtocolSubscription: version: expected at least 0, found -1, at byte 2");
    }

    private static ByteBuffer bytes(String hex) {
        return ByteBuffer.wrap(HexFormat.of().parseHex(hex));
    }

    private static String hex(ByteBuffer bytes) {
        byte[] array = new byte[bytes.remaining()];
        bytes.get(array);
        return HexFormat.of().formatHex(array);
    }
}
